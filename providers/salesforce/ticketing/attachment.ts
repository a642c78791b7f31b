import { id, instant, str, type Resource } from '#kit'
import { Attachment } from '#models/ticketing/attachment'
import type { RecordOf } from '#models'
import { fileName, mediaType } from '../files.ts'
import { linksOf, spread, withLinks } from '../links.ts'
import { ofPlainObjects, recycled, since, type Fields, type Row as Record } from '../objects.ts'
import { idOfA, type Attachment as Classic, type ContentVersion, type Page } from '../vendor.ts'

type File = ContentVersion & Classic
/** A file, and the record that it is on: it may be on several, and is then several attachments. */
type Row = Record<File> & { readonly on: { readonly Id?: unknown; readonly LinkedEntityId?: unknown } | null }

const list = ofPlainObjects<File>({
  ContentVersion: { read: ['ContentDocumentId', 'Title', 'FileExtension', 'FileType', 'CreatedById', 'CreatedDate'], where: ['IsLatest = true', 'FileType != \'SNOTE\''] },
  Attachment: { read: ['ParentId', 'Name', 'ContentType', 'CreatedById', 'CreatedDate'], where: ['Parent.Type = \'Case\''] },
})
const files = withLinks(list.read, [{ object: 'ContentDocumentLink', of: 'ContentVersion', by: 'ContentDocumentId', to: 'ContentDocumentId', select: ['Id', 'LinkedEntityId'], size: 100 }])

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_blob_retrieve.htm */
const pathOf = ({ Id, on }: Row): string => (on === null ? `/sobjects/Attachment/${Id}/Body` : `/sobjects/ContentVersion/${Id}/VersionData`)

/** Files on cases, and those of the old kind: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentversion.htm */
export const attachment: Resource<RecordOf<typeof Attachment>, Row, Page<File>, File, Page<File>, Fields> = {
  model: Attachment,
  version: 1,
  read: {
    ...spread(files, ({ links, ...file }): Row[] => (idOfA('Case', file.ParentId) !== null ? [{ ...file, on: null }] : linksOf({ links }, 'ContentDocumentLink').filter(({ LinkedEntityId }) => idOfA('Case', LinkedEntityId) !== null).map(({ Id, LinkedEntityId }) => ({ ...file, on: { Id, LinkedEntityId } })))),
    // A file that is gone, or was taken off its case, is found missing: links have no bin.
    deletions: { seenAs: 'separate_read', absence: 'counts', since, walk: recycled(['Attachment']) },
  },
  // Of a file the link is the attachment, and ends where it is taken off the case.
  identity: { remoteId: (row) => id(row.on === null ? row.Id : row.on.Id) },
  download: (row) => ({ path: pathOf(row) }),
  fields: {
    file_name: (row) => str(row.Name) ?? fileName(row),
    ticket: (row) => idOfA('Case', row.on === null ? row.ParentId : row.on.LinkedEntityId),
    file_url: (row, { baseUrl }) => (id(row.Id) === null ? null : `${baseUrl}${pathOf(row)}`),
    content_type: (row) => str(row.ContentType) ?? mediaType(row.FileType),
    uploaded_by: (row) => idOfA('User', row.CreatedById),
    remote_created_at: (row) => instant(row.CreatedDate),
  },
}
