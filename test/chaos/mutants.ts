import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { copyTree } from '../support/tree-copy.ts'
import { countsOf, type Kind } from './checker.ts'
import type { Aim } from './schedule.ts'

/** A mistake that engines are known for. Each text stands in its file exactly once. */
export interface EngineMutant { readonly what: string; /** Where it shows. */ readonly aim?: Aim; readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[] }

export const engineMutants: readonly EngineMutant[] = [
  {
    what: 'the cursor is committed before the page that it stands for',
    edits: [{ file: 'src/sync/write-page.ts', find: '  let found: readonly Drift[] = []\n', replace: '  let found: readonly Drift[] = []\n  await deps.database.tenant(lease.organizationId, async (client) => { await holdFence(client, lease); await client.query(\'update sync_runs set checkpoint = $3 where linked_account_id = $1 and id = $2\', [lease.linkedAccountId, run.id, next]) })\n' }],
  },
  {
    what: 'the fence is removed: who lost the lease goes on',
    aim: { signal: 'SIGSTOP', point: 'page read' },
    edits: [
      { file: 'src/sync/lease.ts', find: '  if (rowCount === 0) throw new Fault(\'sync.lease_lost\')\n', replace: '  if (rowCount === -1) throw new Fault(\'sync.lease_lost\')\n' },
      { file: 'src/sync/lease.ts', find: 'if (rows.length === 0) lost.abort(', replace: 'if (rows.length < 0) lost.abort(' },
      // The manifest has one entry for each page, which refuses most zombies a second time.
      { file: 'src/sync/store.ts', find: 'page_token, log_ids, contents) values ($1, $2, $3, $4, $5, $6::uuid[], $7)`', replace: 'page_token, log_ids, contents) values ($1, $2, $3, $4, $5, $6::uuid[], $7) on conflict do nothing`' },
    ],
  },
  {
    what: 'what a read that broke off did not show is deleted',
    edits: [
      { file: 'src/sync/slice.ts', find: '    await settleFault(work, fault)\n', replace: '    if (checkpoint !== null && checkpoint.page > 0 && fault.code.startsWith(\'upstream.\')) await finishRun(work, checkpoint)\n    else await settleFault(work, fault)\n' },
      { file: 'src/sync/finish.ts', find: ' && checkpoint.seen >= (checkpoint.total ?? 0)', replace: '' },
    ],
  },
  {
    what: 'the feed goes by `now()`, the beginning of a transaction',
    edits: [{ file: 'src/records/upsert.ts', find: 'greatest(clock_timestamp(), modified_at) + $3', replace: 'now() + $3' }],
  },
  {
    what: 'tokens are renewed without the lock',
    edits: [
      { file: 'src/upstream/token-rows.ts', find: `purpose = '\${TOKENS}' for update\``, replace: `purpose = '\${TOKENS}'\`` },
      { file: 'src/upstream/keeper.ts', find: 'if (age < ON_ITS_WAY_SECONDS)', replace: 'if (age < 0)' },
    ],
  },
]

export interface Judged { readonly mutant: EngineMutant; readonly caught: boolean; readonly counts: Readonly<Record<Kind, number>> }
export interface Summary { readonly counts: Readonly<Record<Kind, number>>; readonly verdict: string }

const NONE = countsOf([])
/** A mistake that shows only now and then is looked for under so many seeds. */
const SEEDS = 3

/** Runs chaos in a copy of the tree with the mistake in it, for few accounts: each is read more often, and what goes wrong in the middle of a read shows at its end. Only what the checker finds counts; that something else breaks proves nothing. */
export function judge(mutant: EngineMutant, { kills, seed, say }: { readonly kills: number; readonly seed: number; readonly say: (line: string) => void }): Judged {
  const copy = copyTree()
  try {
    for (const { file, find, replace } of mutant.edits) {
      const text = readFileSync(join(copy.folder, file), 'utf8')
      if (text.split(find).length !== 2) throw new Error(`${JSON.stringify(find)} is not in ${file} exactly once`)
      copy.write({ [file]: text.replace(find, () => replace) })
    }
    for (let n = 0; n < SEEDS; n++) {
      const summary = join(copy.folder, `summary-${n}.json`)
      const { status, stdout, stderr } = spawnSync(process.execPath, ['test/chaos/main.ts', '--kills', String(kills), '--seed', String(seed + n), '--long-leases', '0', '--workers', '2', '--accounts', '2', ...(mutant.aim === undefined ? [] : ['--aim', JSON.stringify(mutant.aim)]), '--summary', summary], { cwd: copy.folder, encoding: 'utf8', timeout: 900_000 })
      let counts: Summary['counts'] = NONE
      try { counts = (JSON.parse(readFileSync(summary, 'utf8')) as Summary).counts } catch { say(`no verdict (${status}): ${(stdout + stderr).trim().slice(-600)}`) }
      if (Object.values(counts).some((found) => found > 0)) return { mutant, caught: status === 1, counts }
    }
    return { mutant, caught: false, counts: NONE }
  } finally {
    copy.remove()
  }
}
