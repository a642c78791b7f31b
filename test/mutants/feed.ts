import type { Mutant } from './mutant.ts'

const servers = 'test/integration/database-servers.test.ts'
const trouble = 'test/integration/database-trouble.test.ts'
const organization = 'test/integration/organization-feed.test.ts'

/** Mistakes of feeds that skip, repeat or reorder, and of a house that Postgres's trouble reaches. */
export const feedMutants: readonly Mutant[] = [
  { row: 'F93', what: 'a cursor is believed where the feed has grown past a lost history', test: 'test/integration/changes-feed.test.ts', file: 'src/changes/feed.ts', find: ' || (head.mark !== null && given.at !== head.mark)', replace: '' },
  { row: 'F93', what: 'an organisation\'s cursor is believed where its feed has grown past a lost history', test: organization, file: 'src/changes/organization-feed.ts', find: ' || (head.mark !== null && after.told !== head.mark)', replace: '' },
  { row: 'F91', what: 'entries that were pruned are skipped in silence', test: organization, file: 'src/changes/organization-feed.ts', find: 'if (rows.some(({ kept }) => !kept)) throw pruned()', replace: '' },
  { row: 'G3', what: 'the rest of a stretch is skipped where a page ends in it', test: organization, file: 'src/changes/organization-feed.ts', find: 'seq: last.to === told[stretches.length - 1]!.to_seq ? null : last.to,', replace: 'seq: null,' },
  { row: 'F92', what: 'two readers tell the same news at once', test: 'test/integration/feed-writers.test.ts', file: 'src/changes/tell.ts', find: 'where organization_id = $1 for update', replace: 'where organization_id = $1' },
  { row: 'F92', what: 'the feed\'s clock is when the transaction began', test: 'test/integration/feed-writers.test.ts', file: 'src/records/upsert.ts', find: 'modified_at = greatest(clock_timestamp(), modified_at) + $3', replace: 'modified_at = now() + $3' },
  { promise: 'is not slept through', what: 'what happens between the look and the wait is not noticed', test: 'test/integration/long-poll.test.ts', file: 'src/changes/wake.ts', find: 'place.news = true; place.wake()', replace: 'place.wake()' },
  { promise: 'that a record was ignored', what: 'what a caller changes wakes nobody', test: 'test/integration/told-at-once.test.ts', file: 'src/cli/app.ts', find: '    onChanges: sync.onChanges,\n', replace: '' },
  { row: 'F58', what: 'a process that stops waits for those who wait', test: 'test/integration/long-poll.test.ts', file: 'src/changes/routes.ts', find: 'app.addHook(\'preClose\', () => waiters.close())', replace: 'app.addHook(\'onClose\', () => waiters.close())' },
  { row: 'F60', what: 'what may have been committed is sent again', test: trouble, file: 'src/db/pool.ts', find: 'if (broken !== undefined) throw error instanceof Fault', replace: 'if (broken !== undefined && tries === 0) continue\n      if (broken !== undefined) throw error instanceof Fault' },
  { row: 'F61', what: 'connections to a standby are kept', test: servers, file: 'src/db/pool.ts', find: 'if (codeOf(error) === \'25006\') broken = error as Error\n      else await', replace: 'await' },
  { row: 'F63', what: 'a full disk is one of our own mistakes', test: trouble, file: 'src/errors.ts', find: 'code === \'53100\'', replace: 'code === \'nothing\'' },
  { row: 'F64', what: 'whoever finds no connection waits', test: trouble, file: 'src/db/pool.ts', find: 'connectionTimeoutMillis: waitMs', replace: 'connectionTimeoutMillis: waitMs * 100' },
  { row: 'F64', what: 'syncs and the API share their connections', test: 'test/integration/versions.test.ts', file: 'src/cli/house.ts', find: 'const background = openDatabase({ url: database.url, poolSize: config.concurrency + 6, waitMs: 10_000 })', replace: 'const background = database' },
  { row: 'F65', what: 'a deadlock is an error', test: trouble, file: 'src/db/pool.ts', find: 'const CONFLICT_RETRIES = 3', replace: 'const CONFLICT_RETRIES = 0' },
  { row: 'F66', what: 'work that hangs keeps its place in the pool', test: trouble, file: 'src/db/client.ts', find: 'client.query(enterTenant(organizationId)), whileConnected(client, work(client))', replace: 'client.query(enter(organizationId)), work(client)' },
  { row: 'F66', what: 'a silent server is waited for', test: trouble, file: 'src/db/pool.ts', find: 'if (silenceMs > 0) giveUpSilent', replace: 'if (silenceMs < 0) giveUpSilent' },
  { row: 'G1', what: 'a transaction that Postgres rolled back is taken for committed', test: trouble, file: 'src/db/pool.ts', find: 'if (command !== \'COMMIT\')', replace: 'if (command === \'\')' },
]
