/** Classic notes, and enhanced ones where the org has them: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_objects_contentnote.htm */
import { linksOf, withLinks, type Linked } from './links.ts'
import { ofPlainObjects, recycled, since } from './objects.ts'
import { idOfA, type ContentNote, type Note as Classic } from './vendor.ts'

export type NoteRecord = Classic & ContentNote
export type NoteRow = Linked<NoteRecord>

const list = ofPlainObjects<NoteRecord>({
  Note: { read: ['Title', 'Body', 'ParentId', 'OwnerId', 'CreatedDate', 'LastModifiedDate'] },
  ContentNote: { read: ['Title', 'TextPreview', 'OwnerId', 'CreatedDate', 'LastModifiedDate'], stamp: 'LastModifiedDate', optional: true },
})

export const noteList = {
  // An enhanced note is a file: what it is about is said by links, which can only be asked for by what they link.
  // https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentdocumentlink.htm
  ...withLinks(list.read, [{ object: 'ContentDocumentLink', of: 'ContentNote', by: 'ContentDocumentId', select: ['LinkedEntityId'], size: 100 }]),
  // Enhanced notes that are gone are found missing: as files they have a bin of their own.
  deletions: { seenAs: 'separate_read', absence: 'counts', since, walk: recycled(['Note']) },
} as const

/** The first record of that kind that the note is about. */
export const about = (row: NoteRow, object: 'Account' | 'Contact' | 'Opportunity'): string | null =>
  [row.ParentId, ...linksOf(row, 'ContentDocumentLink').map(({ LinkedEntityId }) => LinkedEntityId)].map((one) => idOfA(object, one)).find((one) => one !== null) ?? null
