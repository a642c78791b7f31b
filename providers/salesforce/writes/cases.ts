import { defineWrite, str, vendorWord } from '#kit'
import { Comment } from '#models/ticketing/comment'
import { Contact } from '#models/ticketing/contact'
import { Ticket } from '#models/ticketing/ticket'
import { priorityWords, statusWords } from '../ticketing/ticket.ts'
import { create, creates, first, update, updates, type Input } from './common.ts'

const owners = ['assignees', 'assigned_teams', 'collections'] as const
const ticket = ['name', 'description', 'status', 'priority', 'ticket_type', 'account', 'contact', 'parent_ticket', ...owners] as const
/** A case has one owner, a user or a queue. Statuses and priorities are the org's own: a word that we lack goes out as it came. */
const fields = (input: Input<(typeof ticket)[number]>) => ({
  Subject: input.name, Description: input.description, Status: vendorWord(statusWords, input.status), Priority: vendorWord(priorityWords, input.priority), Type: input.ticket_type,
  AccountId: input.account, ContactId: input.contact, ParentId: input.parent_ticket, OwnerId: owners.map((owner) => first(input[owner])).find((one) => one !== undefined && one !== null),
})
const places = { oneOf: [owners], most: { assignees: 1, assigned_teams: 1, collections: 1 } } as const

/** The last word is the last name, which everybody must have. */
function namesOf(name: unknown): { readonly FirstName?: string; readonly LastName?: string } {
  const words = (str(name) ?? '').split(/\s+/)
  return name === undefined ? {} : { ...(words.length > 1 && { FirstName: words.slice(0, -1).join(' ') }), LastName: words.at(-1)! }
}

export const caseWrites = [
  defineWrite(Ticket)({ ...creates, ...places, accepts: ticket, requires: ['name'], ask: (input, context) => create('Case', fields(input), context) }),
  defineWrite(Ticket)({ ...updates, ...places, accepts: ticket, keeps: owners, ask: (input, context) => update('Case', fields(input), context) }),
  // Customers with a login of their own see a comment once it is published.
  defineWrite(Comment)({
    ...creates, accepts: ['body', 'ticket', 'is_private'], requires: ['body', 'ticket'],
    ask: ({ body, ticket: parent, is_private: isPrivate }, context) => create('CaseComment', { ParentId: parent, CommentBody: body, IsPublished: typeof isPrivate === 'boolean' ? !isPrivate : undefined }, context),
  }),
  defineWrite(Contact)({
    ...creates, accepts: ['name', 'email_address', 'phone_number', 'details', 'account'], requires: ['name'],
    ask: ({ name, email_address: email, phone_number: phone, details, account }, context) => create('Contact', { ...namesOf(name), Email: email, Phone: phone, Title: details, AccountId: account }, context),
  }),
]
