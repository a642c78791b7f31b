import { defineWrite, vendorWord, type WriteContext } from '#kit'
import { Comment } from '#models/ticketing/comment'
import { Contact } from '#models/ticketing/contact'
import { Ticket } from '#models/ticketing/ticket'
import type { RecordOf } from '#models'
import { activityId } from '../activities.ts'
import { priorityWords } from '../ticketing/ticket.ts'
import { labelled, moved, withFiles } from './ticket-steps.ts'
import { create, created, linked, update, updated } from './objects.ts'

type Input = Partial<RecordOf<typeof Ticket>>

const request = ({ name, description, assignees, assigned_teams: teams, collections, priority, tags }: Input) => ({
  subject: name, content: description, hs_ticket_priority: vendorWord(priorityWords, priority),
  ...(assignees !== undefined && { hubspot_owner_id: assignees[0] ?? null }), ...(teams !== undefined && { hubspot_team_id: teams[0] ?? null }), ...(collections !== undefined && { hs_pipeline: collections[0] ?? null }), ...(tags?.length === 0 && { hs_ticket_category: null }),
})
const fields = ['name', 'description', 'assignees', 'assigned_teams', 'collections', 'priority', 'account', 'contact', 'status', 'tags'] as const
const steps = ({ status, tags }: Input, context: WriteContext) => [...moved(status, context), ...labelled(tags, context)]
const links = ({ account, contact }: Input) => ({ companies: account, contacts: contact })

/** Every account begins with this pipeline, and with this stage in it; the end customer may rename both. */
const beginning = { hs_pipeline: '0', hs_pipeline_stage: '1' }

const tickets = 'https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/tickets/guide'

export const ticketWrites = [
  // In another pipeline the stage that it begins in has to be among the remote fields, as `hs_pipeline_stage`.
  defineWrite(Ticket)({
    ...created, docs: tickets, accepts: [...fields, 'attachments'], requires: ['name'], ask: (input, context) => create('tickets', { ...beginning, ...request(input) }, links(input), context),
    followed: (input, context) => [...steps(input, context), ...withFiles(input.attachments, context)],
  }),
  defineWrite(Ticket)({ ...updated, docs: tickets, accepts: fields, keeps: ['account', 'contact', 'status'], ask: (input, context) => update('tickets', context.remoteId, request(input), context), followed: (input, context) => [...linked('tickets', context.remoteId, links(input)), ...steps(input, context)] }),
  defineWrite(Comment)({
    ...created, docs: 'https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/notes/guide', accepts: ['body', 'html_body', 'ticket', 'user'], requires: ['ticket'], oneOf: [['body', 'html_body']],
    // Notes are HTML, whatever they are called.
    ask: ({ body, html_body: html, ticket, user }, context) => create('notes', { hs_note_body: body ?? html, hubspot_owner_id: user, hs_timestamp: context.at.toISOString() }, { tickets: ticket }, context),
    remoteId: (answer) => activityId('notes', created.remoteId(answer)),
  }),
  defineWrite(Contact)({
    ...created, docs: 'https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/guide', accepts: ['name', 'email_address', 'phone_number', 'details', 'account'], requires: ['email_address'],
    ask: ({ name, email_address: email, phone_number: phone, details: jobtitle, account }, context) => create('contacts', { ...namesOf(name), email, phone, jobtitle }, { companies: account }, context),
  }),
]

/** The last word is the last name. */
function namesOf(name: string | null | undefined): { readonly firstname?: string; readonly lastname?: string } {
  const words = (name ?? '').trim().split(/\s+/).filter((one) => one !== '')
  return { ...(words.length > 0 && { firstname: words.slice(0, Math.max(1, words.length - 1)).join(' ') }), ...(words.length > 1 && { lastname: words.at(-1)! }) }
}
