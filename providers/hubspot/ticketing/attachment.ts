import { id, instant, notOffered, present, prose, str } from '#kit'
import { Attachment } from '#models/ticketing/attachment'
import { attachmentId, fileAsk, fileIn, filesOn, named, writings, type Named } from '../attachments.ts'
import { objectRead, type ObjectResource } from '../objects.ts'
import { first, type File } from '../vendor.ts'

const columns = [...named, 'hubspot_owner_id'] as const
type P = Named | 'hubspot_owner_id'
interface WithFile { readonly file: File }

/** https://developers.hubspot.com/docs/api-reference/files-files-v3/guide */
export const attachment: ObjectResource<typeof Attachment, typeof columns, WithFile> = {
  model: Attachment,
  version: 1,
  read: {
    ...objectRead<P, WithFile>({
      path: '/crm/v3/objects', objects: writings, columns, to: ['tickets'],
      afterwards: (rows) => [...new Set(rows.filter((row) => first(row, 'tickets') !== null).flatMap(filesOn))].map(fileAsk),
      also: (row, _lookups, _beside, later) => (first(row, 'tickets') === null ? [] : filesOn(row)).flatMap((number) => { const file = fileIn(later, number); return file === null ? [] : [{ file }] }),
    }),
    // What was written is listed when it goes; its files are not.
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => { const file = id(row.file?.id); return file === null ? null : attachmentId(row.object, id(row.id), file) } },
  // https://developers.hubspot.com/docs/api-reference/2026-03/files/guide
  download: ({ file }) => { const number = id(file?.id); return number === null ? null : { path: `${fileAsk(number).path}/download` } },
  fields: {
    file_name: ({ file }) => { const name = prose(file?.name); return name === null ? null : present([name, str(file.extension)]).join('.') },
    ticket: (row) => first(row, 'tickets'),
    file_url: ({ file }) => str(file?.url),
    content_type: notOffered,
    // Whose name stands beside it.
    uploaded_by: ({ properties: p }) => str(p.hubspot_owner_id),
    remote_created_at: ({ file }) => instant(file?.createdAt),
  },
}
