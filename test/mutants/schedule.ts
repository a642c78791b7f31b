import type { Mutant } from './mutant.ts'

const turns = 'test/integration/turns.test.ts'
const schedule = 'test/integration/schedule.test.ts'

/** Mistakes that let one account keep others waiting, and that let work be forgotten or pile up. */
export const scheduleMutants: readonly Mutant[] = [
  { row: 'G14', what: 'an account has as many turns as it has models', test: turns, file: 'src/sync/claim.ts', find: '(select max(t.taken_at) from leases t where t.linked_account_id = w.linked_account_id) nulls first, ', replace: '' },
  { row: 'G14', what: 'an account holds as many places as it has work for', test: turns, file: 'src/sync/claim.ts', find: 'where h.places >= $3)', replace: 'where h.places >= $3 + 1000)' },
  { row: 'F75', what: 'a place is kept although others wait for it', test: turns, file: 'src/sync/slice.ts', find: 'await deps.othersWait?.() !== true', replace: 'true' },
  { row: 'F57', what: 'everybody waits for a row that a stopped worker holds', test: turns, file: 'src/sync/claim.ts', find: ' for no key update of l, s skip locked', replace: '' },
  { promise: 'the last one stands still for nobody', what: 'what is long waits until nothing else is due', test: turns, file: 'src/sync/lanes.ts', find: '? BACKWARD : FORWARD', replace: '? FORWARD : FORWARD' },
  { promise: 'goes on in the last', what: 'whoever was asked for goes first for ever', test: turns, file: 'src/sync/claim.ts', find: 's.turns + 1 >= ${TURNS_IN_A_LANE}', replace: 's.turns < 0' },
  { row: 'F74', what: 'accounts that were linked together are due together for ever', test: schedule, file: 'src/sync/rhythm.ts', find: `hashtextextended(s.linked_account_id::text || s.model, 0)`, replace: `hashtextextended('', 0)` },
  { row: 'F73', what: 'the beat is counted on the wall of a time zone', test: schedule, file: 'src/sync/rhythm.ts', find: 'extract(epoch from ${at})', replace: 'extract(epoch from (${at})::timestamp)' },
  { row: 'F72', what: 'a sign of life from the future keeps a lease', test: schedule, file: 'src/sync/lease.ts', find: `not between clock_timestamp() - \${leaseSeconds} * interval '1 second' and clock_timestamp() + \${leaseSeconds} * interval '1 second'`, replace: `< clock_timestamp() - \${leaseSeconds} * interval '1 second'` },
  { row: 'F72', what: 'who was put ahead before the clock was set back waits it out', test: schedule, file: 'src/sync/schedule.ts', find: 'where next_run_at > now() + (wait_seconds * 1.2 + 60)', replace: 'where next_run_at > now() + (wait_seconds * 1.2 + 86400)' },
  { row: 'F76', what: 'nobody looks for work that nobody was called for', test: schedule, file: 'src/sync/worker.ts', find: 'const found = await scheduler.wake()', replace: 'const found = 0' },
  { row: 'F77', what: 'a broken turn is left to the queue', test: schedule, file: 'src/sync/turns.ts', find: 'onBroken?.(error, { organizationId, linkedAccountId, model })', replace: 'if (model !== undefined) throw error' },
  { row: 'F58', what: 'a stop waits for as long as the vendor likes', test: schedule, file: 'src/sync/worker.ts', find: '.then(() => brokenOff.abort(', replace: '.then(() => stopping.abort(' },
  { row: 'F100', what: 'the leases of a deleted account stay', test: 'test/integration/sync-control.test.ts', file: 'src/accounts/delete.ts', find: `  'leases', 'credentials',`, replace: `  'credentials',` },
  { row: 'F63', what: 'every account asks its vendor for what there is no room for', test: 'test/integration/turns.test.ts', file: 'src/sync/turns.ts', find: 'restsUntil = performance.now() + restMs', replace: 'restsUntil = 0' },
  { row: 'F63', what: 'a full disk is held against the account that met it', test: 'test/integration/turns.test.ts', file: 'src/sync/turns.ts', find: '        if (isFull(error)) return false\n        onBroken', replace: '        onBroken' },
  { row: 'F03', what: 'a vendor that lets nothing be read is nobody\'s to look at', test: 'test/integration/stale.test.ts', file: 'src/sync/trouble.ts', find: 'const STANDS_HOURS = 24', replace: 'const STANDS_HOURS = 2_400' },
  { row: 'F03', what: 'a long run is an issue for being long', test: 'test/integration/stale.test.ts', file: 'src/sync/trouble.ts', find: 'greatest(r.started_at, p.committed_at)', replace: 'r.started_at' },
  { row: 'F05', what: 'what is stale is not said to be', test: 'test/integration/stale.test.ts', file: 'src/sync/status.ts', find: `(s.fault is not null or t.state = 'failed')`, replace: `t.state = 'failed'` },
  { row: 'F05', what: 'each try makes it fresh again', test: 'test/integration/stale.test.ts', file: 'src/sync/status.ts', find: ` or t.state = 'failed')) as stale_since`, replace: `)) as stale_since` },
  { row: 'F42', what: 'a field that a vendor no longer sends to anybody is not missed', test: 'test/integration/absent.test.ts', file: 'src/drift/shape.ts', find: 'const LOST_AFTER = 50', replace: 'const LOST_AFTER = 5_000' },
]
