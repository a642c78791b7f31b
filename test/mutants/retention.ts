import type { Mutant } from './mutant.ts'

const test = 'test/integration/retention.test.ts'

/** Mistakes of what throws old things away. */
export const retentionMutants: readonly Mutant[] = [
  { promise: 'is being written at this moment', what: 'what a page names goes before the page is committed', test, file: 'src/sync/prune-runs.ts', find: 'where linked_account_id = $1 order by model for update', replace: 'where linked_account_id = $1 order by model' },
  { promise: 'what the status of a model tells of stays', what: 'the last complete read goes where younger runs read only what changed', test, file: 'src/sync/prune-runs.ts', find: ' and (r.since is not null or n.since is null)', replace: '' },
  { promise: 'runs stay as long as the logs', what: 'manifests go before the logs that they lead to', test, file: 'src/sync/housekeeping.ts', find: 'Math.max(retention.history, retention.logs)', replace: 'retention.history' },
  { promise: 'the newest stays however old it is', what: 'what another version replaced goes as soon as it is old itself', test, file: 'src/records/superseded.ts', find: 'p.version < n.version', replace: 'p.version <= n.version' },
  { promise: 'from where the last run stopped', what: 'a batch that ends among rows of one instant leaves the rest of them out', test, file: 'src/records/superseded.ts', find: 'rows with ties', replace: 'rows only' },
]
