import { id, instant, prose, soql, soqlValue, str, type Resource } from '#kit'
import { Note } from '#models/crm/note'
import type { RecordOf } from '#models'
import { byStamp, describe, objectList, query, recycled, since, type Fields } from './objects.ts'
import { idOfA, recordUrl, type ContentNote, type Note as Classic, type Page } from './vendor.ts'

type Record = Classic & ContentNote
type Row = Record & { readonly linked: readonly string[] }
interface Link { readonly ContentDocumentId: string; readonly LinkedEntityId: string }

const objects = {
  Note: { read: ['Title', 'Body', 'ParentId', 'OwnerId', 'CreatedDate', 'LastModifiedDate'] },
  ContentNote: { read: ['Title', 'TextPreview', 'OwnerId', 'CreatedDate', 'LastModifiedDate'], stamp: 'LastModifiedDate' },
} as const
const list = objectList<Record>(objects, { path: '/query' })

/**
 * Classic notes, and enhanced ones where the org has them: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_objects_contentnote.htm.
 * Of an enhanced note a query gives the first 255 characters; all of it is a file. What it is about is said by links.
 */
export const note: Resource<RecordOf<typeof Note>, Row, Page<Record>, Record, Page<Link>, Fields> = {
  model: Note,
  version: 1,
  read: {
    ...list,
    incremental: byStamp,
    lookups: { Note: describe('Note'), ContentNote: describe('ContentNote', 'is_empty') },
    segments: ({ lookups }) => Object.keys(objects).filter((object) => lookups[object]!.size > 0).map((object) => ({ object })),
    rows: {
      kind: 'batch', size: 100,
      // Links can only be asked for by what they link.
      asks: (notes) => (notes[0]!.attributes.type === 'Note' ? [] : [query('/query', soql({ select: ['ContentDocumentId', 'LinkedEntityId'], from: 'ContentDocumentLink', where: [`ContentDocumentId in (${notes.map((one) => soqlValue(one.Id)).join(', ')})`] }))]),
      rows: ([links], notes) => {
        if (links?.done === false) throw new RangeError('a hundred notes have more links than one answer holds')
        return notes.map((one) => ({ ...one, linked: links?.records.filter((link) => link.ContentDocumentId === one.Id).map((link) => link.LinkedEntityId).toSorted() ?? [] }))
      },
    },
    // Enhanced notes that are gone are found missing: they are files, whose bin this query does not look into.
    deletions: { seenAs: 'separate_read', absence: 'counts', since, walk: recycled(['Note']) },
  },
  identity: { remoteId: (row) => id(row.Id) },
  fields: {
    owner: (row) => idOfA('User', row.OwnerId),
    content: (row) => prose(row.Body) ?? prose(row.TextPreview) ?? str(row.Title),
    contact: (row) => about(row, 'Contact'),
    account: (row) => about(row, 'Account'),
    opportunity: (row) => about(row, 'Opportunity'),
    remote_updated_at: (row) => instant(row.LastModifiedDate),
    remote_created_at: (row) => instant(row.CreatedDate),
    note_url: recordUrl,
  },
  remoteFields: (row) => [{ key: 'Title', name: 'Title', value: row.Title ?? null }],
}

function about({ ParentId, linked }: Row, object: 'Account' | 'Contact' | 'Opportunity'): string | null {
  return [ParentId, ...(Array.isArray(linked) ? linked as readonly unknown[] : [])].map((one) => idOfA(object, id(one))).find((one) => one !== null) ?? null
}
