import type { Mutant } from './mutant.ts'

const reads = 'test/conformance/reads.test.ts'
const limits = 'test/conformance/limits.test.ts'
const walks = 'test/unit/walks.test.ts'

/** Mistakes of adapters, and of the engine that runs what they declare. */
export const kitMutants: readonly Mutant[] = [
  { promise: 'reads all that there is, to the last page', what: 'only the first page of a list with cursors is read', test: reads, file: 'src/sync/place.ts', find: `return token === '' ? null :`, replace: `return token !== '' || token === '' ? null :` },
  { promise: 'reads all that there is, to the last page', what: 'the address of the next page is not followed', test: reads, file: 'src/sync/place.ts', find: `case 'url': return at(pages.next(body))`, replace: `case 'url': return at(null)` },
  { promise: 'cut, never rounded up', what: 'a watermark is written in UTC where the vendor reads its own wall', test: 'test/unit/time.test.ts', file: 'src/provider-kit/time.ts', find: 'wallOf(instant, timeZone) ?? instant.getTime() - 12 * 3_600_000', replace: 'instant.getTime()' },
  { promise: 'cut, never rounded up', what: 'a coarse watermark is rounded up', test: 'test/unit/time.test.ts', file: 'src/provider-kit/time.ts', find: 'new Date(wall).toISOString()', replace: 'new Date(wall + 60_000).toISOString()' },
  { promise: 'asks only for what changed', what: 'the watermark is not sent', test: reads, file: 'src/sync/pages.ts', find: '...changedSince(resource, place, since, setup), ', replace: '' },
  { promise: 'sees what is gone as it says that it does', what: 'the list of the deleted is not read', test: reads, file: 'src/sync/place.ts', find: 'return deletions && place.part === undefined', replace: 'return !deletions && place.part === undefined' },
  { promise: 'make a place worthless when they changed', what: 'a checkpoint in parts that moved skips one of them', test: walks, file: 'src/sync/place.ts', find: 'place.mark !== undefined && place.mark !== mark', replace: `place.mark === ''` },
  { promise: 'asks once for so many items at once', what: 'the answers of a batch are put to other items', test: walks, file: 'src/sync/rows.ts', find: 'const bodies = answers.map(({ body }) => body)', replace: 'const bodies = answers.map(({ body }) => body).reverse()' },
  { promise: 'looks names up once for a run', what: 'names are looked up for every page', test: walks, file: 'src/sync/lookups.ts', find: 'memory.set(key, table)', replace: 'memory.delete(key)' },
  { promise: 'own list that goes in circles', what: 'a list below an item goes in circles for ever', test: walks, file: 'src/sync/rows.ts', find: 'logIds.length >= MOST_INNER_PAGES || visited.has(shortHash([query, url]))', replace: 'logIds.length >= MOST_INNER_PAGES' },
  { promise: 'for some requests only is kept for those', what: 'points are not counted', test: 'test/unit/limiter.test.ts', file: 'src/upstream/counted-by.ts', find: ', ...(limits.budgets ?? [])', replace: '' },
  { promise: 'in any window by requests of', what: 'what costs much leaves when the first of it is there', test: 'test/unit/limiter.test.ts', file: 'src/upstream/allowance.ts', find: 'headOf(name) + (cost - 1) * everyMs', replace: 'headOf(name) + (cost - cost) * everyMs' },
  { promise: 'nothing has to be refused', what: 'points are not counted where the vendor counts them', test: limits, file: 'src/upstream/counted-by.ts', find: ', ...(limits.budgets ?? [])', replace: '' },
  { promise: 'hold for what is under way at once', what: 'one more is under way than the vendor allows', test: limits, file: 'src/upstream/places.ts', find: 'lane.active >= most', replace: 'lane.active > most' },
  { promise: 'refused in its vendor', what: 'a box is not strict', test: limits, file: 'src/sandbox/meters.ts', find: 'return cost > 0 && sum > count', replace: 'return cost > 0 && sum > count + 1' },
  { promise: 'mean what the adapter says, with the wait', what: 'a silence in the vendor\'s own words is not heard', test: 'test/conformance/troubles.test.ts', file: 'src/upstream/client.ts', find: 'own === null ? askedDelay', replace: `typeof own !== 'string' ? askedDelay` },
  { promise: 'is a read: it is tried again like one', what: 'a search that is sent with POST is not tried again', test: 'test/integration/session.test.ts', file: 'src/upstream/client.ts', find: `repeatable: isRead ?? method === 'GET'`, replace: `repeatable: method === 'GET'` },
  { promise: 'refuses what the vendor has no place for', what: 'a field that the vendor lacks is left out in silence', test: 'test/conformance/declarations.test.ts', file: 'src/provider-kit/write.ts', find: 'if (!accepts.includes(field)) throw', replace: `if (field === '') throw` },
  { promise: 'prove themselves, and nothing else does', what: 'any signature is taken', test: 'test/conformance/declarations.test.ts', file: 'src/provider-kit/signature.ts', find: 'return same(shown, hmacOf(', replace: `return shown !== '' || same(shown, hmacOf(` },
  { promise: 'names what was deleted; the record keeps what it said', what: 'what a vendor names as deleted stays', test: 'test/integration/sync-kinds.test.ts', file: 'src/sync/write-page.ts', find: '...named.map(', replace: '...named.slice(named.length).map(' },
  { promise: 'without an issue', what: 'two fields of an adapter are swapped', test: 'test/conformance/fixtures.test.ts', file: 'providers/redmine/ticket.ts', find: 'remote_created_at: (row) => instant(row.created_on)', replace: 'remote_created_at: (row) => instant(row.updated_on)' },
]
