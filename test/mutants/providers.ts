import type { Mutant } from './mutant.ts'

const fixtures = 'test/conformance/fixtures.test.ts'
const promises = 'test/conformance/providers.test.ts'
const reads = 'test/conformance/reads.test.ts'
const troubles = 'test/conformance/troubles.test.ts'

/** Mistakes that authors of adapters make, each in a real one; and the one that authors of engines make. */
export const providerMutants: readonly Mutant[] = [
  { promise: 'nothing has to be refused', what: 'an adapter allows itself more than its vendor does', test: 'test/conformance/limits.test.ts', file: 'providers/hubspot/index.ts', find: 'requests: { count: 100, perSeconds: 10 }', replace: 'requests: { count: 130, perSeconds: 10 }' },
  { promise: 'reads all that there is, to the last page', what: 'a list by offset ends after its first page', test: reads, file: 'providers/redmine/user.ts', find: 'done: (page, seen) => seen >= page.total_count', replace: 'done: (_page, seen) => seen > 0' },
  { promise: 'reads all that there is, to the last page', what: 'a list by keyset skips an item at each turn', test: reads, file: 'providers/redmine/issues.ts', find: 'issue_id: `>=${last.id + 1}`', replace: 'issue_id: `>=${last.id + 2}`' },
  { promise: 'reads all that there is, to the last page', what: 'the default of a filter leaves closed tickets out', test: reads, file: 'providers/redmine/issues.ts', find: `query: { status_id: '*', sort`, replace: 'query: { sort' },
  { promise: 'reads all that there is, to the last page', what: 'a part of a list is forgotten', test: reads, file: 'providers/redmine/user.ts', find: '[{ status: 1 }, { status: 2 }, { status: 3 }]', replace: '[{ status: 1 }, { status: 2 }]' },
  { promise: 'asks only for what changed', what: 'a watermark is moved past what it stands for', test: reads, file: 'providers/redmine/issues.ts', find: 'moment.toISOString().slice(0, 19)', replace: 'new Date(moment.getTime() + 1000).toISOString().slice(0, 19)' },
  { promise: 'without an issue', what: 'an instant is read in another time zone', test: fixtures, file: 'providers/redmine/attachment.ts', find: 'remote_created_at: (row) => instant(row.created_on)', replace: `remote_created_at: (row) => instant(row.created_on.replace('Z', '+01:00'))` },
  { promise: 'without an issue', what: 'names are put together the other way round', test: fixtures, file: 'providers/redmine/user.ts', find: '[str(row.firstname), str(row.lastname)]', replace: '[str(row.lastname), str(row.firstname)]' },
  { promise: 'maps every row without an issue', what: 'a mapper throws', test: promises, file: 'providers/redmine/tag.ts', find: 'name: (row) => prose(row.name)', replace: 'name: (row) => { throw new Error(row.name) }' },
  { promise: 'from what the row says', what: 'a field is made up', test: promises, file: 'providers/redmine/ticket.ts', find: 'priority: (row) => priorityOf(row.priority)', replace: `priority: () => priorityOf({ name: 'Normal' })` },
  { promise: 'maps purely', what: 'a mapper remembers the row before', test: promises, file: 'providers/redmine/team.ts', find: 'name: (row) => prose(row.name)', replace: 'name: (row) => prose(`${row.name} ${performance.now()}`)' },
  { row: 'F45', what: 'a word of a vendor\'s own is lost', test: promises, file: 'providers/redmine/ticket.ts', find: 'priority: (row) => priorityOf(row.priority)', replace: `priority: (row) => { const told = priorityOf(row.priority); return typeof told === 'string' ? null : told }` },
  { promise: 'keeps no secret in a row, a record or a log', what: 'a key that the vendor sends is kept', test: promises, file: 'providers/redmine/index.ts', find: `secretKeys: ['api_key']`, replace: 'secretKeys: []' },
  { promise: 'that strangers are strangers', what: 'a strange answer is taken for an identity', test: promises, file: 'providers/redmine/index.ts', find: 'id((body as { user?: { id?: unknown } } | null)?.user?.id)', replace: `id((body as { user?: { id?: unknown } } | null)?.user?.id) ?? 'somebody'` },
  { promise: 'mean what the adapter says', what: 'bad input is taken for a missing right', test: troubles, file: 'providers/redmine/index.ts', find: `{ status: 422, code: 'upstream.rejected' }`, replace: `{ status: 422, code: 'upstream.forbidden' }` },
  { promise: 'are told apart, field by field', what: 'a field counts because the adapter says so', test: 'test/conformance/coverage.test.ts', file: 'src/api/coverage.ts', find: 'missing: shown ? null :', replace: 'missing: read ? null :' },
  { promise: 'are not named in the engine', what: 'the engine knows a vendor', test: 'test/architecture/house-rules.test.ts', file: 'src/sync/place.ts', find: `return token === '' ? null :`, replace: `// As Redmine does.\n    return token === '' ? null :` },
]
