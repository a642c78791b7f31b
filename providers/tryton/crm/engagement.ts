import { id, notOffered, present, prose, str, type Resource } from '#kit'
import { Engagement } from '#models/crm/engagement'
import type { RecordOf } from '#models'
import { pageOf } from '../parties.ts'
import { accountOf, contactOf, placed, resourceList, type Placed } from '../resources.ts'
import type { Page, Resource as Item } from '../vendor.ts'
import { moment } from '../values.ts'

type Mail = Item & { readonly subject: string | null; readonly body: string | null }
type Row = Mail & Placed

/** E-mails that were sent from a record. They are kept with it and never change. https://docs.tryton.org/latest/server/modules/ir/design/index.html */
export const engagement: Resource<RecordOf<typeof Engagement>, Row, Page<Mail>, Mail, Page<number>> = {
  model: Engagement,
  version: 1,
  read: {
    ...resourceList<Mail>('ir.email', ['subject', 'body']),
    rows: placed('ir.email'),
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    owner: (row) => id(row['create_uid.']?.employee),
    content: (row) => prose(row.body),
    subject: (row) => prose(row.subject),
    direction: (row) => (row.model === 'ir.email' ? 'OUTBOUND' : str(row.model)),
    engagement_type: (row) => id(row.model),
    start_time: (row) => moment(row.create_date),
    end_time: notOffered,
    account: accountOf,
    contacts: (row) => present([contactOf(row)]),
    engagement_url: (row, context) => pageOf(context, 'ir.email', row.id),
  },
}
