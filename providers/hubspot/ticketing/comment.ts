import { id, prose, str } from '#kit'
import { Comment } from '#models/ticketing/comment'
import { activityId } from '../activities.ts'
import { objectRead, type ObjectResource } from '../objects.ts'
import { first, moment, type Row } from '../vendor.ts'

const columns = ['hs_note_body', 'hs_email_text', 'hs_email_html', 'hs_email_direction', 'hs_timestamp', 'hubspot_owner_id'] as const
type P = (typeof columns)[number]

const isIncoming = ({ properties: p }: Row<P>): boolean => p.hs_email_direction === 'INCOMING_EMAIL'

/** What was written on a ticket: notes, which only colleagues see, and e-mails. Those of other records are left out. */
export const comment: ObjectResource<typeof Comment, typeof columns> = {
  model: Comment,
  version: 1,
  read: objectRead({
    path: '/crm/v3/objects', objects: ['emails', 'notes'], columns, to: ['tickets', 'contacts'], also: (row) => (first(row, 'tickets') === null ? [] : [{}]),
    remoteId: (item, { segment }) => activityId(String(segment['object']), id(item.id)),
  }),
  identity: { remoteId: (row) => activityId(row.object, id(row.id)) },
  fields: {
    user: (row) => (isIncoming(row) ? null : str(row.properties.hubspot_owner_id)),
    contact: (row) => (isIncoming(row) ? first(row, 'contacts') : null),
    body: ({ properties: p }) => prose(p.hs_note_body) ?? prose(p.hs_email_text),
    html_body: ({ properties: p }) => prose(p.hs_note_body) ?? prose(p.hs_email_html),
    ticket: (row) => first(row, 'tickets'),
    is_private: (row) => (row.object === 'notes' ? true : row.object === 'emails' ? false : null),
    remote_created_at: ({ properties: p }) => moment(p.hs_timestamp),
  },
}
