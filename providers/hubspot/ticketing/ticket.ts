import { notOffered, present, prose, said, str, word } from '#kit'
import { Ticket } from '#models/ticketing/ticket'
import type { ObjectResource } from '../objects.ts'
import { rulesFor } from '../sharing.ts'
import { ticketRead, type Named, type Tables, type TicketColumns } from '../tickets.ts'
import { first, moment, recordUrl, remoteFields } from '../vendor.ts'

export const priorityWords = { LOW: 'LOW', MEDIUM: 'NORMAL', HIGH: 'HIGH', URGENT: 'URGENT' }
const stateWords: Readonly<Record<string, string>> = { OPEN: 'OPEN', CLOSED: 'CLOSED' }

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/tickets/guide */
export const ticket: ObjectResource<typeof Ticket, TicketColumns, Named, Tables> = {
  model: Ticket,
  version: 1,
  read: ticketRead,
  identity: { remoteId: (row) => str(row.id) },
  fields: {
    name: ({ properties: p }) => prose(p.subject),
    assignees: ({ properties: p }) => present([str(p.hubspot_owner_id)]),
    assigned_teams: ({ properties: p }) => present([str(p.hubspot_team_id)]),
    creator: (row) => str(row.creator),
    // The promise of a service level: HubSpot has no other date for a ticket.
    due_date: ({ properties: p }) => moment(p.hs_time_to_close_sla_at),
    // Stages are the end customer's own; each says whether it is open or closed.
    status: ({ stage, properties: p }) => { const state = str(stage?.state); return state === null ? str(stage?.label) ?? str(p.hs_pipeline_stage) : said(stateWords[state] ?? state, stage?.label) },
    description: ({ properties: p }) => prose(p.content),
    collections: ({ properties: p }) => present([str(p.hs_pipeline)]),
    ticket_type: notOffered,
    account: (row) => first(row, 'companies'),
    contact: (row) => first(row, 'contacts'),
    parent_ticket: notOffered,
    attachments: (row) => present((Array.isArray(row.attachments) ? row.attachments : []).map(str)),
    access_level: notOffered,
    permissions: ({ shared }) => rulesFor({ users: shared?.users ?? [], teams: shared?.teams ?? [] }),
    tags: (row) => present((Array.isArray(row.categories) ? row.categories : []).map(str)),
    roles: notOffered,
    ticket_url: (row, context) => recordUrl('0-5', row, context),
    priority: ({ properties: p }) => word(priorityWords, p.hs_ticket_priority),
    remote_created_at: ({ properties: p }) => moment(p.createdate),
    remote_updated_at: ({ properties: p }) => moment(p.hs_lastmodifieddate),
    completed_at: ({ properties: p }) => moment(p.closed_date),
  },
  remoteFields,
  fieldClasses: 'tickets',
}
