import { prose, str } from '#kit'
import { Opportunity } from '#models/crm/opportunity'
import { fromObject, type ObjectResource } from '../objects.ts'
import { moment, recordUrl, remoteFields, whole } from '../vendor.ts'

const columns = ['dealname', 'description', 'amount', 'dealstage', 'hs_is_closed', 'hs_is_closed_won', 'closedate', 'hs_primary_associated_company', 'hubspot_owner_id', 'notes_last_updated', 'createdate'] as const

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/deals/guide */
export const opportunity: ObjectResource<typeof Opportunity, typeof columns> = {
  model: Opportunity,
  version: 1,
  ...fromObject('deals', columns),
  fields: {
    name: ({ properties: p }) => prose(p.dealname),
    description: ({ properties: p }) => prose(p.description),
    amount: ({ properties: p }) => whole(p.amount),
    owner: ({ properties: p }) => str(p.hubspot_owner_id),
    account: ({ properties: p }) => str(p.hs_primary_associated_company),
    stage: ({ properties: p }) => str(p.dealstage),
    // Any pipeline may have several stages that are won or lost; HubSpot itself works out which.
    status: ({ properties: p }) => (p.hs_is_closed_won === 'true' ? 'WON' : p.hs_is_closed === 'true' ? 'LOST' : 'OPEN'),
    last_activity_at: ({ properties: p }) => moment(p.notes_last_updated),
    close_date: ({ properties: p }) => moment(p.closedate),
    remote_created_at: ({ properties: p }) => moment(p.createdate),
    opportunity_url: (row, context) => recordUrl('0-3', row, context),
  },
  remoteFields,
  fieldClasses: 'deals',
}
