import type { Mutant } from './mutant.ts'

const sync = 'test/integration/sync.test.ts'
const coerce = 'test/unit/coerce.test.ts'

/** Mistakes with what vendors write into their values. */
export const valueMutants: readonly Mutant[] = [
  { row: 'F50', what: 'characters that Postgres does not take go to Postgres', test: sync, file: 'src/records/text.ts', find: 'return inner.replace(NUL, \'\').toWellFormed()', replace: 'return inner' },
  { row: 'F51', what: 'an id is rounded to somebody else\'s', test: sync, file: 'src/upstream/json.ts', find: 'mayRound(text) ? exact : null', replace: 'null' },
  { row: 'F51', what: 'a number that has lost digits is an id', test: coerce, file: 'src/provider-kit/coerce.ts', find: 'Number.isSafeInteger(value) ? String(value) : null', replace: 'String(value)' },
  { row: 'F52', what: 'a day that no calendar has is an instant', test: sync, file: 'src/provider-kit/coerce.ts', find: 'if (!PLAIN.test(text) || !beginsWithDay(text)) return null', replace: 'if (!PLAIN.test(text)) return null' },
  { row: 'F52', what: 'a day moves with the zone that it came with', test: coerce, file: 'src/provider-kit/coerce.ts', find: 'DAY.test(text) && beginsWithDay(text) ? `${text.slice(0, 10)}T00:00:00.000Z` : null', replace: 'DAY.test(text) && beginsWithDay(text) ? new Date(text).toISOString() : null' },
  { row: 'F53', what: 'a text is not the bytes that were sent', test: coerce, file: 'src/provider-kit/coerce.ts', find: `(typeof value === 'string' && value !== '' ? value : null)`, replace: `(typeof value === 'string' && value !== '' ? value.normalize() : null)` },
  { row: 'F53', what: 'ids that are spelled in two ways are one', test: coerce, file: 'src/provider-kit/coerce.ts', find: ': null) : str(value)\n}', replace: ': null) : (str(value)?.normalize() ?? null)\n}' },
  { row: 'F54', what: 'an id of any length is a key', test: sync, file: 'src/records/ids.ts', find: 'const LONGEST_KEY = 512', replace: 'const LONGEST_KEY = 51_200' },
  { row: 'F55', what: 'a relation is a record of another model', test: sync, file: 'src/records/relate.ts', find: 'return recordId(linkedAccountId, named ?? relation,', replace: 'return recordId(linkedAccountId, relation.toUpperCase(),' },
  { row: 'F55', what: 'what was asked for to a depth is followed for ever', test: 'test/integration/api.test.ts', file: 'src/records/expand.ts', find: 'found.map(({ record }) => record), below)', replace: 'found.map(({ record }) => record), below.size === 0 ? tree : below)' },
]
