/** Classic notes, and enhanced ones where the org has them: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_objects_contentnote.htm */
import { soql, soqlValue, type Read, type Rows } from '#kit'
import { byStamp, describe, objectList, query, recycled, since, type Fields } from './objects.ts'
import { idOfA, type ContentNote, type Note as Classic, type Page } from './vendor.ts'

export type NoteRecord = Classic & ContentNote
/** An enhanced note is a file: what it is about is said by links. */
export type NoteRow = NoteRecord & { readonly linked: readonly string[] }
interface Link { readonly ContentDocumentId: string; readonly LinkedEntityId: string }

const objects = {
  Note: { read: ['Title', 'Body', 'ParentId', 'OwnerId', 'CreatedDate', 'LastModifiedDate'] },
  ContentNote: { read: ['Title', 'TextPreview', 'OwnerId', 'CreatedDate', 'LastModifiedDate'], stamp: 'LastModifiedDate' },
} as const

const rows: Rows<NoteRow, NoteRecord, Page<Link>, Fields> = {
  kind: 'batch', size: 100,
  // Links can only be asked for by what they link: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentdocumentlink.htm
  asks: (notes) => (notes[0]!.attributes.type === 'Note' ? [] : [query('/query', soql({ select: ['ContentDocumentId', 'LinkedEntityId'], from: 'ContentDocumentLink', where: [`ContentDocumentId in (${notes.map((one) => soqlValue(one.Id)).join(', ')})`] }))]),
  rows: ([links], notes) => {
    if (links?.done === false) throw new RangeError('a hundred notes have more links than one answer holds')
    return notes.map((one) => ({ ...one, linked: links?.records.filter((link) => link.ContentDocumentId === one.Id).map((link) => link.LinkedEntityId).toSorted() ?? [] }))
  },
}

export const noteList: Read<NoteRow, Page<NoteRecord>, NoteRecord, Page<Link>, Fields> = {
  ...objectList<NoteRecord>(objects),
  incremental: byStamp,
  lookups: { Note: describe('Note'), ContentNote: describe('ContentNote', 'is_empty') },
  segments: ({ lookups }) => Object.keys(objects).filter((object) => lookups[object]!.size > 0).map((object) => ({ object })),
  rows,
  // Enhanced notes that are gone are found missing: as files they have a bin of their own.
  deletions: { seenAs: 'separate_read', absence: 'counts', since, walk: recycled(['Note']) },
}

/** The first record of that kind that the note is about. */
export function about({ ParentId, linked }: NoteRow, object: 'Account' | 'Contact' | 'Opportunity'): string | null {
  return [ParentId, ...(Array.isArray(linked) ? linked as readonly unknown[] : [])].map((one) => idOfA(object, one)).find((one) => one !== null) ?? null
}
