import type { Mutant } from './mutant.ts'

/** Mistakes that let somebody in, or something out. */
export const securityMutants: readonly Mutant[] = [
  { row: 'T04', what: 'a cursor of one list is good for every list', test: 'test/unit/keyset.test.ts', file: 'src/db/keyset.ts', find: 'update(`cursor/1 ${Buffer.byteLength(scope)} ${scope}`)', replace: 'update(`cursor/1 ${scope === ""}`)' },
  { row: 'T05', what: 'the policy of the tables lets every organisation through', test: 'test/integration/tenancy.test.ts', file: 'src/db/tenancy.ts', find: `policy === 'system' ? 'true' : `, replace: `policy !== '' ? 'true' : ` },
  { row: 'T08', what: 'a key may do what it has no scope for', test: 'test/integration/auth.test.ts', file: 'src/api/authenticate.ts', find: 'if (!caller.scopes.includes(scope)) throw', replace: `if (scope !== 'logs:read' && !caller.scopes.includes(scope)) throw` },
  { row: 'T11', what: 'a field that was switched off is mapped all the same', test: 'test/integration/scopes.test.ts', file: 'src/sync/map.ts', find: ' || disabled?.has(name) === true', replace: ` || disabled?.has('') === true` },
  { row: 'T11', what: 'originals are kept whole, whatever was switched off', test: 'test/integration/scopes.test.ts', file: 'src/sync/write-page.ts', find: 'scope.restricted ? reduceRow(', replace: 'scope.restricted && row === null ? reduceRow(' },
  { row: 'T11', what: 'the logs keep what the records must not', test: 'test/integration/scopes.test.ts', file: 'src/sync/slice.ts', find: 'bodies: !scope.restricted', replace: 'bodies: scope.reads' },
  { row: 'T17', what: 'a secret in an address is taken', test: 'test/integration/auth.test.ts', file: 'src/api/authenticate.ts', find: `if (request.url.startsWith('/api/')) refuseSecrets`, replace: `if (request.url === '') refuseSecrets` },
  { row: 'T25', what: 'a credential opens for another account', test: 'test/integration/seal.test.ts', file: 'src/db/seal.ts', find: `['v1', organizationId, linkedAccountId, purpose, keyId]`, replace: `['v1', organizationId, purpose, keyId, linkedAccountId === '']` },
  { row: 'T28', what: 'a tag of four bytes is good enough', test: 'test/unit/seal.test.ts', file: 'src/db/seal.ts', find: `sealed.subarray(0, IV), { authTagLength: TAG })`, replace: 'sealed.subarray(0, IV))' },
  { row: 'T56', what: 'private addresses are contacted', test: 'test/unit/egress.test.ts', file: 'src/egress/guard.ts', find: `if (standing === 'private') throw`, replace: `if (text === '') throw` },
  { row: 'T60', what: 'a redirect takes the key along under the vendor\'s own name for it', test: 'test/integration/egress.test.ts', file: 'src/egress/redirect.ts', find: 'HARMLESS.has(name)', replace: `name !== 'authorization'` },
  { row: 'T61', what: 'a path climbs behind the parameters of its segment', test: 'test/unit/address.test.ts', file: 'src/upstream/address.ts', find: '(;[^/]*)?', replace: '' },
  { row: 'T62', what: 'a caller sets any header but the host', test: 'test/integration/passthrough.test.ts', file: 'src/passthrough/request.ts', find: 'if (!ALLOWED.has(lower) && !VERSION.test(lower)) throw', replace: `if (lower === 'host') throw` },
  { row: 'T63', what: 'a vendor\'s cookies are handed on', test: 'test/integration/passthrough.test.ts', file: 'src/passthrough/answer.ts', find: 'SHOWN.has(name) ||', replace: `name !== 'refresh' ||` },
  { row: 'T64', what: 'who may read may also delete', test: 'test/integration/passthrough.test.ts', file: 'src/passthrough/routes.ts', find: 'if (changesSomething(body.method) &&', replace: `if (body.method === 'PUT' &&` },
  { row: 'T65', what: 'a body may be as large as it likes', test: 'test/integration/egress.test.ts', file: 'src/egress/body.ts', find: 'if (decoded > limits.decodedBytes) throw', replace: 'if (decoded < 0) throw' },
  { row: 'T70', what: 'callers stand in the same line as the sync, all of them', test: 'test/integration/passthrough.test.ts', file: 'src/upstream/client.ts', find: 'await callers.enter(', replace: 'await createLimiter({ now, sleep }).enter(' },
]
