/** The service department: cases with what was said on them, files, topics, queues and who may do what. */
import type { BoxComment, BoxTicket, Company } from '#kit'
import { describe, pattern, plainTable, record } from './pattern.ts'
import { idFor, stamp, type Stored, type Table } from './world.ts'

const QUEUES = ['First line', 'Recalls', 'Web leads']
const GROUPS = ['Support Europe', 'Engineers', 'On call']
const GROUP_COUNT = QUEUES.length + GROUPS.length
/** So many people are in queues and groups. */
const IN_GROUPS = 90
const TOPICS = ['Warranty', 'Recall', 'Installation', 'Invoice', 'Spare part', 'Größe']
/** Documents share their prefix with enhanced notes. */
export const FILES = 5_000_000
const PROFILES = ['System Administrator', 'Standard User', 'Support Agent', 'Read Only']

const group = (n: number): string => idFor('Group', n)
const user = (n: number): string => idFor('User', n)
const queueOf = ({ n }: BoxTicket): string => group(1 + (n % 2))
const ownerOf = (ticket: BoxTicket): string => (ticket.assignee === null ? queueOf(ticket) : user(ticket.assignee))
const withFile = ({ n }: BoxTicket): boolean => n % 4 === 0
const withAttachment = ({ n }: BoxTicket): boolean => n % 8 === 1

function cases({ tickets, contacts }: Company): Table {
  const base = pattern('ticketing.Ticket', 2)
  return {
    description: describe('ticketing.Ticket'),
    records: tickets.map((ticket) => record('Case', base, ticket.n, ticket, {
      CaseNumber: String(ticket.n).padStart(8, '0'), Subject: ticket.subject, ...(ticket.n % 3 !== 2 && { Description: ticket.text }), Status: ['New', 'Working', 'On Hold', 'Closed'][ticket.status], IsClosed: ticket.status === 3, ClosedDate: ticket.status === 3 ? stamp(ticket.updatedAt) : null,
      Priority: ['Low', 'Medium', 'High', 'Critical'][ticket.priority], Type: ticket.n % 3 === 0 ? null : 'Electrical', OwnerId: ownerOf(ticket), CreatedById: user(ticket.reporter), ContactId: idFor('Contact', ticket.n), AccountId: idFor('Account', contacts[ticket.n - 1]!.customer), ParentId: ticket.parent === null ? null : idFor('Case', ticket.parent),
    })),
  }
}

const at = (comment: BoxComment) => ({ createdAt: comment.at, updatedAt: comment.at })
/** A third of what is said each: messages, comments and posts; and of messages and posts some that are no comments. */
function conversations({ tickets }: Company): Table[] {
  const said = tickets.flatMap((ticket) => ticket.comments.map((comment) => ({ ticket, comment })))
  const of = (kind: number) => said.filter(({ comment }) => comment.n % 3 === kind)
  const fresh = { createdAt: new Date('2026-01-02T00:00:00Z'), updatedAt: new Date('2026-01-02T00:00:00Z') }
  const messages = of(0).map(({ ticket, comment }) => record('EmailMessage', {}, comment.n, at(comment), {
    ParentId: idFor('Case', ticket.n), TextBody: comment.text, HtmlBody: comment.n % 2 === 0 ? `<p>${comment.text}</p>` : null, Subject: ticket.subject, Status: comment.n % 2 === 0 ? '1' : '3', Incoming: comment.n % 2 === 0, MessageDate: stamp(comment.at), CreatedById: user(comment.author),
  }))
  const draft = record('EmailMessage', {}, FILES, fresh, { ParentId: idFor('Case', 1), TextBody: 'Not yet sent', HtmlBody: null, Subject: null, Status: '5', Incoming: false, MessageDate: null, CreatedById: user(1) })
  return [
    { description: describe('ticketing.Comment'), records: [...messages, draft, { ...draft, Id: idFor('EmailMessage', FILES + 1), ParentId: null, Status: '3' }] },
    { description: describe('ticketing.Comment', 1), records: of(1).map(({ ticket, comment }) => record('CaseComment', {}, comment.n, at(comment), { ParentId: idFor('Case', ticket.n), CommentBody: comment.text, IsPublished: comment.n % 2 === 0, CreatedById: user(comment.author) })) },
    {
      description: describe('ticketing.Comment', 2),
      records: [...of(2).map(({ ticket, comment }) => record('CaseFeed', {}, comment.n, at(comment), { ParentId: idFor('Case', ticket.n), Type: 'TextPost', Body: comment.text, IsRichText: comment.n % 2 === 0, Visibility: comment.n % 4 < 2 ? 'AllUsers' : 'InternalUsers', CreatedById: user(comment.author) })),
        record('CaseFeed', {}, FILES, fresh, { ParentId: idFor('Case', 1), Type: 'CaseCommentPost', Body: null, IsRichText: false, Visibility: 'AllUsers', CreatedById: user(1) })],
    },
    { description: describe('ticketing.Comment', 3), records: messages.map((message, n) => ({ Id: idFor('EmailMessageRelation', n + 1), EmailMessageId: message.Id, RelationType: 'FromAddress', RelationId: message['Incoming'] === true ? idFor('Contact', n + 1) : message['CreatedById'] })) },
  ]
}

/** Files that are on cases, one that is on a company, and what was their version before. */
function files({ tickets }: Company): Table[] {
  const file = (ticket: BoxTicket, own: object = {}): Stored => record('ContentVersion', {}, ticket.n, ticket, { ContentDocumentId: idFor('ContentDocument', FILES + ticket.n), IsLatest: true, Title: ticket.subject, FileExtension: 'pdf', FileType: 'PDF', CreatedById: user(ticket.reporter), ...own })
  const [one] = tickets
  return [
    { description: describe('ticketing.Attachment'), records: [...tickets.filter(withFile).map((ticket) => file(ticket)), { ...file(one!, { Title: 'Before' }), Id: idFor('ContentVersion', FILES), IsLatest: false }, file({ ...one!, n: FILES })] },
    {
      description: describe('ticketing.Attachment', 1),
      records: [...tickets.filter(withAttachment), { ...one!, n: FILES }].map((ticket) => record('Attachment', {}, ticket.n, ticket, { ParentId: ticket.n === FILES ? idFor('Account', 1) : idFor('Case', ticket.n), Parent: { Type: ticket.n === FILES ? 'Account' : 'Case' }, Name: `log-${ticket.n}.txt`, ContentType: ticket.n % 3 === 0 ? null : 'text/plain', CreatedById: user(ticket.reporter) })),
    },
  ]
}
export const fileLinks = ({ tickets }: Company): Stored[] => [
  ...tickets.filter(withFile).flatMap(({ n, reporter }) => [user(reporter), idFor('Case', n)].map((LinkedEntityId, which) => ({ Id: idFor('ContentDocumentLink', FILES + n * 2 + which), ContentDocumentId: idFor('ContentDocument', FILES + n), LinkedEntityId }))),
  { Id: idFor('ContentDocumentLink', 3 * FILES), ContentDocumentId: idFor('ContentDocument', 2 * FILES), LinkedEntityId: idFor('Account', 1) },
]

/** Queues, public groups, and one that stands for a role. */
function groups({ people, tickets }: Company): Table[] {
  const time = (n: number) => ({ createdAt: new Date(Date.UTC(2019, 0, n)), updatedAt: new Date(Date.UTC(2020, 0, n)) })
  const all = [...QUEUES, ...GROUPS, null].map((Name, n) => record('Group', {}, n + 1, time(n + 1), { Name, Description: n % 2 === 0 ? `About ${String(Name)}` : null, Type: n < QUEUES.length ? 'Queue' : Name === null ? 'Role' : 'Regular', LastModifiedDate: stamp(time(n + 1).updatedAt) }))
  const members = people.slice(0, IN_GROUPS).flatMap(({ n }) => [1 + (n % 3), 4 + (n % 2)].map((which, place) => ({ Id: idFor('GroupMember', n * 2 + place), GroupId: group(which), UserOrGroupId: user(n), Group: { Type: all[which - 1]!['Type'] } })))
  const shared = (ticket: BoxTicket): Stored[] => [ownerOf(ticket), ticket.n % 2 === 0 ? group(4) : group(GROUP_COUNT + 1)].map((who, which) => record('CaseShare', {}, ticket.n * 2 + which, ticket, { CaseId: idFor('Case', ticket.n), UserOrGroupId: who, CaseAccessLevel: which === 0 ? 'All' : ticket.n % 4 === 0 ? 'Edit' : 'Read', RowCause: which === 0 ? 'Owner' : 'Manual', LastModifiedDate: stamp(ticket.updatedAt) }))
  return [
    { description: describe('ticketing.Team'), records: all },
    plainTable('GroupMember', ['Id', 'GroupId', 'UserOrGroupId'], members),
    { description: describe('ticketing.Collection'), records: QUEUES.map((_, n) => record('QueueSobject', {}, n + 1, time(n + 1), { QueueId: group(n + 1), SobjectType: n < 2 ? 'Case' : 'Lead', Queue: all[n] })) },
    { description: describe('ticketing.Viewer'), records: tickets.filter(({ n }) => n % 3 === 0).flatMap(shared) },
  ]
}

function rights(): Table[] {
  const time = { createdAt: new Date('2019-01-01T00:00:00Z'), updatedAt: new Date('2019-01-01T00:00:00Z') }
  const set = (n: number, own: object): Stored => record('PermissionSet', {}, n, time, { ProfileId: idFor('Profile', n), IsOwnedByProfile: true, PermissionsViewAllData: n === 1, PermissionsTransferAnyCase: n < 3, ...own })
  return [
    { description: describe('ticketing.Role'), records: [...PROFILES.map((Name, n) => set(n + 1, { Profile: { Name } })), set(FILES, { ProfileId: null, IsOwnedByProfile: false, Profile: null })] },
    plainTable('ObjectPermissions', ['Id', 'ParentId', 'SobjectType', 'PermissionsRead', 'PermissionsCreate', 'PermissionsEdit', 'PermissionsDelete', 'PermissionsViewAllRecords'], PROFILES.map((_, n) => ({ Id: idFor('ObjectPermissions', n), ParentId: idFor('PermissionSet', n + 1), SobjectType: 'Case', PermissionsRead: true, PermissionsCreate: n < 3, PermissionsEdit: n < 3, PermissionsDelete: n === 0, PermissionsViewAllRecords: n < 2 }))),
  ]
}

function topics({ tickets }: Company): Table[] {
  const assigned = tickets.filter(({ n }) => n % 2 === 0).flatMap(({ n }) => [n % 6, ...(n % 10 === 0 ? [(n + 1) % 6] : [])].map((topic, which): Stored => ({ Id: idFor('TopicAssignment', n * 2 + which), EntityId: idFor('Case', n), TopicId: idFor('Topic', topic + 1), Topic: { Name: TOPICS[topic] } })))
  return [
    { description: describe('ticketing.Tag'), records: TOPICS.map((Name, n) => record('Topic', {}, n + 1, { createdAt: new Date(Date.UTC(2021, 0, n + 1)), updatedAt: new Date(Date.UTC(2021, 0, n + 1)) }, { Name })) },
    { description: describe('ticketing.Ticket', 1), records: assigned },
  ]
}

export const serviceTables = (company: Company): Table[] => [cases(company), ...conversations(company), ...files(company), ...groups(company), ...rights(), ...topics(company)]
