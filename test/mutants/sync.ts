import type { Mutant } from './mutant.ts'

const test = 'test/integration/sync.test.ts'
const deletions = 'test/integration/deletions.test.ts'
const quarantine = 'test/integration/quarantine.test.ts'
const troubles = 'test/integration/sync-troubles.test.ts'
const walks = 'test/integration/sync-walks.test.ts'

/** Mistakes of engines that lose, double or invent records. */
export const syncMutants: readonly Mutant[] = [
  { row: 'F57', what: 'a page commits without asking whether the lease is still ours', test, file: 'src/sync/write-page.ts', find: 'all(holdFence(client, lease), ', replace: 'all(Promise.resolve(), ' },
  { row: 'G1', what: 'a run begins at its first page after every interruption', test, file: 'src/sync/slice.ts', find: 'let checkpoint = run.checkpoint\n', replace: 'let checkpoint = null as typeof run.checkpoint\n' },
  { row: 'G1', what: 'a run that has read everything reads its last page again, and takes that for a circle', test, file: 'src/sync/write-page.ts', find: '    place: page.next,\n', replace: '    place: page.next ?? checkpoint.place,\n' },
  { row: 'G2', what: 'rows that have not changed are written again', test, file: 'src/records/upsert.ts', find: 'stored !== undefined && !stored.remoteWasDeleted && stored.rawHash === incoming.rawHash', replace: 'stored === undefined && incoming.rawHash === ""' },
  { row: 'G5', what: 'an incremental read is taken for a complete one', test, file: 'src/sync/finish.ts', find: 'run.since === null && checkpoint.seen', replace: 'checkpoint.seen' },
  { row: 'F36', what: 'a walk that saw too few rows is taken for a complete one', test, file: 'src/sync/finish.ts', find: 'checkpoint.seen >= (checkpoint.total ?? 0)', replace: 'checkpoint.seen >= 0' },
  { row: 'F40', what: 'half of everything is deleted because the vendor no longer shows it', test: deletions, file: 'src/records/deletions.ts', find: 'rows > HELD_ROWS && rows >', replace: 'rows < 0 && rows >' },
  { row: 'F40', what: 'a row whose id cannot be read makes a record missing', test: deletions, file: 'src/sync/finish.ts', find: 'await unreadableRows(client, origin) > 0', replace: 'await unreadableRows(client, origin) < 0' },
  { row: 'G5', what: 'the vendor\'s own word may delete everything', test: deletions, file: 'src/sync/bury.ts', find: 'if (living.length === 0) return', replace: 'if (living.length >= 0) return' },
  { row: 'G5', what: 'what waits is deleted although the vendor shows it again', test: deletions, file: 'src/sync/write-page.ts', find: 'if (state.hasDeletions) await', replace: 'if (state.failures < 0) await' },
  { row: 'G5', what: 'what a person keeps is deleted by the next read', test: deletions, file: 'src/records/tombstone.ts', find: "and d.state = 'kept')", replace: "and d.state = '')" },
  { row: 'F41', what: 'undoing a deletion does not tell the feed', test: deletions, file: 'src/records/tombstone.ts', find: "'${what}', $4, null", replace: "'updated', $4, null" },
  { row: 'G5', what: 'tombstones are erased before nobody may undo them', test: deletions, file: 'src/records/deletions.ts', find: 'UNDO_DAYS = 90', replace: 'UNDO_DAYS = 30' },
  { row: 'T11', what: 'what may not be kept any more outlives stricter rules in a tombstone', test: deletions, file: 'src/sync/adopt-scopes.ts', find: 'if (stricter) await forgetAllTombstones', replace: 'if (!stricter) await forgetAllTombstones' },
  { row: 'G15', what: 'a record that Postgres refuses takes its page with it', test: quarantine, file: 'src/sync/storable.ts', find: '/^(?:22|54)/', replace: '/^(?:54)/' },
  { row: 'F47', what: 'a new version of a mapping leaves the stored records as they were', test: quarantine, file: 'src/sync/slice.ts', find: 'if (state.mappingVersion !== resource.version) return', replace: 'if (state.mappingVersion === -1) return' },
  { row: 'F47', what: 'a remap begins at its first record after every interruption', test: quarantine, file: 'src/sync/slice.ts', find: 'checkpoint ?? firstRemapCheckpoint()', replace: 'firstRemapCheckpoint()' },
  { row: 'F57', what: 'a remap commits without asking whether the lease is still ours', test: quarantine, file: 'src/sync/remap.ts', find: '    await holdFence(client, lease)\n    const found', replace: '    const found' },
  { row: 'G5', what: 'a row in quarantine brings back what the vendor has deleted meanwhile', test: quarantine, file: 'src/sync/heal.ts', find: '!head.remoteWasDeleted && ', replace: '' },
  { row: 'F48', what: 'a record of ten megabytes is served whole', test, file: 'src/sync/map.ts', find: 'const LONGEST_BODY = 1_000_000', replace: 'const LONGEST_BODY = 100_000_000' },
  { row: 'F38', what: 'the watermark follows a timestamp of the future', test, file: 'src/sync/finish.ts', find: 'newest < vendorClock ? newest : vendorClock', replace: 'newest < vendorClock ? newest : newest' },
  { row: 'F41', what: 'a record that came back stays deleted', test, file: 'src/records/upsert.ts', find: 'remote_was_deleted = false, body', replace: 'body' },
  { row: 'F34', what: 'a list that goes in circles is walked for ever', test, file: 'src/sync/slice.ts', find: 'if (wasAt(checkpoint.visited, ready.marks)) throw', replace: 'if (ready.marks.length === 0) throw' },
  { row: 'F34', what: 'a list that goes in long circles is walked for ever', test: 'test/unit/circles.test.ts', file: 'src/sync/circles.ts', find: 'recent.includes(mark) || stake.includes(mark)', replace: 'recent.includes(mark)' },
  { promise: 'reads on where another place is free', what: 'a long read gives its place away while others are free', test: 'test/integration/turns.test.ts', file: 'src/sync/turns.ts', find: 'count > 0 && !callOthers()', replace: 'count > 0' },
  { promise: 'in the moment before a run begins', what: 'a run that begins takes what was asked for since for its own', test: 'test/integration/sync-control.test.ts', file: 'src/sync/store.ts', find: 'case when $4 or next_kind is distinct from $6 then', replace: 'case when $4 or ($6::text is null and false) then' },
  { row: 'F49', what: 'a slice holds on to what its pages showed', test: 'test/integration/sync-large.test.ts', file: 'src/sync/slice.ts', find: 'current.leave()\n      reached(checkpoint)', replace: 'current.leave()\n      ;(request as { all?: unknown[] }).all = [...(request as { all?: unknown[] }).all ?? [], ready]\n      reached(checkpoint)' },
  { row: 'F70', what: 'a large page keeps the thread until all of it is done', test: 'test/integration/sync-large.test.ts', file: 'src/sync/breath.ts', find: 'performance.now() - since > LONGEST_MS', replace: 'performance.now() - since > LONGEST_MS * 1e6' },
  { row: 'F71', what: 'memory is bounded by the number of slices only', test: 'test/integration/sync-large.test.ts', file: 'src/sync/room.ts', find: 'inside === 0 || used + size <= most', replace: 'inside === 0 || used + size <= most * 100' },
  { promise: 'is given up when the process is to stop', what: 'a page that is read ahead keeps a process from stopping', test: 'test/integration/sync-ahead.test.ts', file: 'src/sync/slice.ts', find: '      over.abort()\n', replace: '' },
  { promise: 'still proves what is missing', what: 'a page that was kept before counts as not shown', test: 'test/integration/sync-ahead.test.ts', file: 'src/records/shown.ts', find: 'c.id = p.contents where', replace: 'c.id = p.contents and c.id is null where' },
  { row: 'F22', what: 'another customer\'s credentials are worked with', test, file: 'src/sync/whoami.ts', find: 'if (identity !== account.remoteIdentity) throw', replace: 'if (identity === "") throw' },
  { row: 'F01', what: 'a vendor that asks us to wait is asked again at once', test, file: 'src/sync/trouble.ts', find: 'stored, secondsUntil(fault.facts.retryAt), false', replace: 'stored, 1, false' },
  { row: 'F44', what: 'one bad field takes its record with it', test, file: 'src/sync/map.ts', find: '    } catch (error) {\n      issues.push({ field: name', replace: '    } catch (error) {\n      if (name !== "") throw error\n      issues.push({ field: name' },
  { row: 'F43', what: 'a field that a vendor adds is not noticed', test: 'test/integration/drift.test.ts', file: 'src/drift/shape.ts', find: 'walk.settled && visits > LEARNT', replace: 'walk.settled && visits > LEARNT * 1e6' },
  { promise: 'no value of it, and no key that is one', what: 'keys that are data are kept as names', test: 'test/integration/drift.test.ts', file: 'src/drift/shape.ts', find: 'shape.isMap !== true && isName(key)', replace: "shape.isMap !== true && key !== ''" },
  { promise: 'forgets an account that is unlinked, and what must not be kept', what: 'names of fields outlive stricter rules', test: 'test/integration/drift.test.ts', file: 'src/sync/adopt-scopes.ts', find: "'payload_shapes', 'drift', 'log_bodies'", replace: "'log_bodies'" },
  { row: 'F16', what: 'a session that ended is not begun anew', test: 'test/integration/session.test.ts', file: 'src/upstream/client.ts', find: 'session !== null && (renewals === 0 ||', replace: 'session !== null && (renewals < 0 ||' },
  { row: 'F46', what: 'one bad row takes its page with it', test: quarantine, file: 'src/sync/prepare.ts', find: 'if (!(error instanceof Fault)) throw error\n', replace: 'if (error !== null) throw error\n' },
  { row: 'F07', what: 'a request whose answer was lost is sent again', test: 'test/integration/passthrough.test.ts', file: 'src/idempotency/once.ts', find: `/^(?:request|account)\\./.test(error.code)`, replace: `/^(?:request|account|upstream|passthrough)\\./.test(error.code)` },
  { row: 'F10', what: 'a body that broke off is taken for a whole one', test: troubles, file: 'src/egress/body.ts', find: `    for await (const chunk of last) yield checked(chunk as Buffer)
  } catch (error) {
`, replace: `    for await (const chunk of last) yield checked(chunk as Buffer)
  } catch (error) {
    if (wireBytes > 0) return
` },
  { row: 'F11', what: 'nobody is told of answers that nobody can read', test: troubles, file: 'src/sync/trouble.ts', find: 'state.failures + 1 >= TOLD_AFTER', replace: 'state.failures + 1 < 0' },
  { row: 'F11', what: 'an issue says what was in an answer', test: troubles, file: 'src/upstream/judge.ts', find: `.replaceAll(/\\p{L}/gu, 'x')`, replace: '' },
  { row: 'F12', what: 'a page to sign in at is the vendor\'s trouble for ever', test: troubles, file: 'src/sync/whoami.ts', find: 'work.state.failures > 0', replace: 'work.state.failures < 0' },
  { row: 'F14', what: 'everything is read as UTF-8', test: troubles, file: 'src/upstream/json.ts', find: 'return new TextDecoder(charset).decode(bytes)', replace: 'return new TextDecoder(charset === "" ? charset : "utf-8").decode(bytes)' },
  { row: 'F15', what: 'no answer is an empty list', test: troubles, file: 'src/sync/pages.ts', find: 'await send(requestOf(walk, place, variables, context))', replace: 'await send(requestOf(walk, place, variables, context)).then((answer) => ({ ...answer, body: answer.body ?? { list: [], left: 0 } }))' },
  { row: 'F17', what: 'a model that may not be read takes the account with it', test: troubles, file: 'src/sync/trouble.ts', find: `|| fault.code === 'account.identity_mismatch'`, replace: `|| fault.code === 'account.identity_mismatch' || fault.code === 'upstream.forbidden'` },
  { row: 'F18', what: 'an account is gone because one list is', test: troubles, file: 'src/sync/whoami.ts', find: `if (isMissing && error.code === 'upstream.not_found')`, replace: 'if (isMissing)' },
  { row: 'F18', what: 'one look a day after the last is enough', test: troubles, file: 'src/sync/whoami.ts', find: 'count(*) >= $3 - 1', replace: 'count(*) >= $3 - 2' },
  { row: 'F18', what: 'three looks in a minute are enough', test: troubles, file: 'src/sync/whoami.ts', find: `min(started_at) <= now() - $4`, replace: `min(started_at) <= now() - 0 * $4` },
  { row: 'F33', what: 'a walk begins anew for ever', test: walks, file: 'src/sync/slice.ts', find: 'run.restarts === 0', replace: 'run.restarts < 3' },
  { row: 'F35', what: 'a row that comes twice on a page is written twice', test: walks, file: 'src/sync/prepare.ts', find: 'identified.set(one.id, one)', replace: 'identified.set(`${one.id} ${ordinal}`, one)' },
  { row: 'F36', what: 'a row that slipped between two pages is deleted', test: walks, file: 'src/sync/passes.ts', find: `(kind !== 'offset' && kind !== 'page')`, replace: `(kind !== 'offset' || kind.length > 0)` },
  { row: 'F36', what: 'two passes are enough, whether or not they agree', test: walks, file: 'src/sync/passes.ts', find: 'passes.length > 1 && await agree(client, work, passes)', replace: 'passes.length > 1' },
  { row: 'F36', what: 'passes that never agreed are believed', test: walks, file: 'src/sync/finish.ts', find: ' && checkpoint.unsettled !== true', replace: '' },
  { row: 'F37', what: 'what changed in the instant of the mark is not asked for again', test: walks, file: 'src/sync/slice.ts', find: 'Date.parse(watermark) - incremental.overlapSeconds * 1000', replace: 'Date.parse(watermark) + 1 - incremental.overlapSeconds * 1000' },
  { row: 'F38', what: 'nothing before the mark is read again', test: walks, file: 'src/sync/slice.ts', find: 'Date.parse(watermark) - incremental.overlapSeconds * 1000', replace: 'Date.parse(watermark)' },
  { row: 'F39', what: 'nobody hears of a vendor that does not listen', test: walks, file: 'src/sync/ignored-filter.ts', find: 'stale <= FEW', replace: 'stale >= 0' },
  { row: 'F72', what: 'a clock that is set back stops all requests until it is right again', test: walks, file: 'src/upstream/cells.ts', find: 'performance.now() + best.offset', replace: 'Date.now() + best.offset' },
  { row: 'F79', what: 'a request that is sent fifty times at once is carried out fifty times', test: 'test/integration/passthrough.test.ts', file: 'src/idempotency/once.ts', find: 'if (claim === undefined) {', replace: "if (claim === undefined && key === '') {" },
  { row: 'F60', what: 'the cursor is committed before the page that it stands for', test: 'test/integration/postgres-trouble.test.ts', file: 'src/sync/write-page.ts', find: '  let found: readonly Drift[] = []\n', replace: '  let found: readonly Drift[] = []\n  await deps.database.tenant(lease.organizationId, async (client) => { await client.query(\'update sync_runs set checkpoint = $3 where linked_account_id = $1 and id = $2\', [lease.linkedAccountId, run.id, next]) })\n' },
  { row: 'F59', what: 'a connection that breaks at the end of a job ends the process', test: 'test/integration/postgres-trouble.test.ts', file: 'src/sync/queue-pool.ts', find: 'const passes = !(error instanceof DatabaseError) || PASSING', replace: 'const passes = error instanceof DatabaseError && !PASSING' },
]
