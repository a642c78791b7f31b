import { prose, str } from '#kit'
import { Note } from '#models/crm/note'
import { fromObject, type ObjectResource } from '../objects.ts'
import { first, moment, remoteFields, toldUrl } from '../vendor.ts'

const columns = ['hs_note_body', 'hs_timestamp', 'hubspot_owner_id', 'hs_createdate', 'hs_lastmodifieddate'] as const

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/notes/guide */
export const note: ObjectResource<typeof Note, typeof columns> = {
  model: Note,
  version: 1,
  ...fromObject('notes', columns, { to: ['contacts', 'companies', 'deals'] }),
  fields: {
    owner: ({ properties: p }) => str(p.hubspot_owner_id),
    content: ({ properties: p }) => prose(p.hs_note_body),
    contact: (row) => first(row, 'contacts'),
    account: (row) => first(row, 'companies'),
    opportunity: (row) => first(row, 'deals'),
    remote_updated_at: ({ properties: p }) => moment(p.hs_lastmodifieddate),
    // The place on the timeline, which people may move, is not when it was written.
    remote_created_at: ({ properties: p }) => moment(p.hs_createdate),
    note_url: toldUrl,
  },
  remoteFields,
  fieldClasses: 'notes',
}
