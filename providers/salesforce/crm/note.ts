import { id, instant, prose } from '#kit'
import { Note } from '#models/crm/note'
import type { RecordOf } from '#models'
import { about, noteList, type NoteRecord, type NoteRow } from '../notes.ts'
import type { PlainResource } from '../objects.ts'
import { idOfA, recordUrl } from '../vendor.ts'

export const note: PlainResource<RecordOf<typeof Note>, NoteRecord, NoteRow> = {
  model: Note,
  version: 1,
  read: noteList,
  identity: { remoteId: (row) => id(row.Id) },
  fields: {
    owner: (row) => idOfA('User', row.OwnerId),
    // Of an enhanced note a query gives the beginning; all of it is a file of HTML.
    content: (row) => prose(row.Body) ?? prose(row.TextPreview),
    contact: (row) => about(row, 'Contact'),
    account: (row) => about(row, 'Account'),
    opportunity: (row) => about(row, 'Opportunity'),
    remote_updated_at: (row) => instant(row.LastModifiedDate),
    remote_created_at: (row) => instant(row.CreatedDate),
    note_url: recordUrl,
  },
  remoteFields: (row) => [{ key: 'Title', name: 'Title', value: row.Title ?? null }],
}
