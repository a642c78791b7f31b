import { Type } from '@sinclair/typebox'
import { laneNames } from './lanes.ts'

export const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
export const time = (description: string) => orNull(Type.String({ format: 'date-time', description }))

export const FaultShown = orNull(Type.Object({ code: Type.String(), detail: Type.String(), log_id: orNull(Type.String()) }))

export const Status = Type.Object({
  model_name: Type.String({ description: 'The common model.', examples: ['Ticket'] }),
  model_id: Type.String({ examples: ['ticketing.Ticket'] }),
  last_sync_start: time('When the latest run began.'),
  next_sync_start: time('When the next run is due; null while one is under way, and where none comes by itself.'),
  last_sync_result: orNull(Type.String({ examples: ['DONE', 'FAILED', 'PARTIALLY_SYNCED'] })),
  last_sync_finished: time('When the latest finished run ended.'),
  status: Type.String({ examples: ['SYNCING', 'DONE', 'FAILED', 'DISABLED', 'PAUSED', 'PARTIALLY_SYNCED'] }),
  is_initial_sync: Type.Boolean({ description: 'True until the first complete read has succeeded.' }),
  sync_status_reason: orNull(Type.String({ description: 'Why it is not going on, where it is not.', examples: ['RATE_LIMITED'] })),
  data_fresh_as_of: time('What is served is at least as new as the vendor was then.'),
  stale_since: time('Since when the vendor should have been read anew and could not be: it asks us to wait, it fails, or the end customer must connect again. What is served meanwhile is of `data_fresh_as_of`. Null where nothing is wrong.'),
  lane: Type.String({ description: 'The line that its work stands in: what people ask for goes first, long reads go last.', examples: [...laneNames] }),
  progress: orNull(Type.Object({
    read: Type.Integer({ description: 'Rows read so far.' }),
    total: orNull(Type.Integer({ description: 'How many there are; null where neither the vendor says so nor an earlier complete read tells.' })),
    total_from: orNull(Type.String({ examples: ['vendor', 'last_full_read'] })),
    share: orNull(Type.Number({ description: 'From 0 to 1.' })),
    estimated_end: time('By the pace so far, waiting included; null where there is nothing to go by.'),
  }, { description: 'Of the run under way; null where none is.' })),
  records: orNull(Type.Object({
    read: Type.Integer(), created: Type.Integer(), updated: Type.Integer(), unchanged: Type.Integer(), deleted: Type.Integer(), quarantined: Type.Integer(),
    deletions_held: Type.Integer({ description: 'Records that were missing but are kept for a day, because so many at once look wrong.' }),
  }, { description: 'Counts of the latest run.' })),
  fault: FaultShown,
}, { $id: 'SyncStatus' })
