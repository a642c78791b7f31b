import { id, prose, str, word } from '#kit'
import { Engagement } from '#models/crm/engagement'
import { activities, activityId, endOf } from '../activities.ts'
import { objectRead, type ObjectResource } from '../objects.ts'
import { first, moment, remoteFields, toldUrl } from '../vendor.ts'

const columns = ['hs_timestamp', 'hubspot_owner_id', 'hs_call_title', 'hs_call_body', 'hs_call_direction', 'hs_call_duration', 'hs_email_subject', 'hs_email_text', 'hs_email_html', 'hs_email_direction', 'hs_meeting_title', 'hs_meeting_body', 'hs_meeting_start_time', 'hs_meeting_end_time'] as const

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/emails/guide */
export const directionWords = { INBOUND: 'INBOUND', OUTBOUND: 'OUTBOUND', INCOMING_EMAIL: 'INBOUND', EMAIL: 'OUTBOUND', FORWARDED_EMAIL: 'OUTBOUND' }

/** Calls, e-mails and meetings. Names that one of them does not have are left out of its answers. */
export const engagement: ObjectResource<typeof Engagement, typeof columns> = {
  model: Engagement,
  version: 1,
  read: objectRead({ path: '/crm/v3/objects', objects: Object.keys(activities), columns, to: ['contacts', 'companies'], remoteId: (item, { segment }) => activityId(String(segment['object']), id(item.id)) }),
  identity: { remoteId: (row) => activityId(row.object, id(row.id)) },
  fields: {
    owner: ({ properties: p }) => str(p.hubspot_owner_id),
    content: ({ properties: p }) => prose(p.hs_call_body) ?? prose(p.hs_email_text) ?? prose(p.hs_email_html) ?? prose(p.hs_meeting_body),
    subject: ({ properties: p }) => prose(p.hs_call_title) ?? prose(p.hs_email_subject) ?? prose(p.hs_meeting_title),
    direction: ({ properties: p }) => word(directionWords, p.hs_call_direction ?? p.hs_email_direction),
    engagement_type: (row) => str(row.object),
    start_time: ({ properties: p }) => moment(p.hs_meeting_start_time) ?? moment(p.hs_timestamp),
    end_time: ({ properties: p }) => moment(p.hs_meeting_end_time) ?? endOf(p.hs_timestamp, p.hs_call_duration),
    account: (row) => first(row, 'companies'),
    contacts: (row) => [...row.linked['contacts'] ?? []],
    engagement_url: toldUrl,
  },
  remoteFields,
}
