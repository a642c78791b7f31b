import { id, prose, word, type Resource } from '#kit'
import { EngagementType } from '#models/crm/engagement-type'
import type { RecordOf } from '#models'
import { list } from '../lists.ts'
import type { Found, Page } from '../vendor.ts'

type Row = Found & { readonly model: string; readonly name: string }

/** The models that hold dealings: of the server's own, only e-mails. */
export const engagementType: Resource<RecordOf<typeof EngagementType>, Row, Page<Row>> = {
  model: EngagementType,
  version: 1,
  read: {
    ...list<Row>('ir.model', { fields: () => ['model', 'name'], where: () => [['model', '=', 'ir.email']] }),
    rows: { kind: 'items' },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.model) },
  fields: {
    activity_type: (row) => word({ 'ir.email': 'EMAIL' }, row.model),
    name: (row) => prose(row.name),
  },
}
