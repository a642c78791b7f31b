import { id, prose, type Resource } from '#kit'
import { Note } from '#models/crm/note'
import type { RecordOf } from '#models'
import { pageOf } from '../parties.ts'
import { accountOf, contactOf, numberIn, placed, resourceList, type Placed } from '../resources.ts'
import type { Page, Resource as Item } from '../vendor.ts'
import { moment } from '../values.ts'

type Noted = Item & { readonly message: string | null }
type Row = Noted & Placed

export const note: Resource<RecordOf<typeof Note>, Row, Page<Noted>, Noted, Page<number>> = {
  model: Note,
  version: 1,
  read: {
    ...resourceList<Noted>('ir.note', ['message']),
    rows: placed('ir.note'),
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    // The employee whom the writer's login stands for.
    owner: (row) => id(row['create_uid.']?.employee),
    content: (row) => prose(row.message),
    contact: contactOf,
    account: accountOf,
    opportunity: (row) => numberIn(row.resource, 'sale.opportunity'),
    remote_updated_at: (row) => moment(row.write_date) ?? moment(row.create_date),
    remote_created_at: (row) => moment(row.create_date),
    note_url: (row, context) => pageOf(context, 'ir.note', row.id),
  },
}
