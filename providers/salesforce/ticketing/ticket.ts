import { id, instant, notOffered, present, prose, said, str, word, type Resource, type Word } from '#kit'
import { Ticket } from '#models/ticketing/ticket'
import type { RecordOf } from '#models'
import { linksOf, withLinks, type Linked } from '../links.ts'
import { ofObjects, type Fields } from '../objects.ts'
import { permissionsOf, shareLinks } from '../shares.ts'
import { idOfA, recordUrl, type Case, type Page } from '../vendor.ts'

const read = ['Subject', 'Description', 'Status', 'IsClosed', 'Priority', 'Type', 'OwnerId', 'CreatedById', 'AccountId', 'ContactId', 'ParentId', 'CreatedDate', 'ClosedDate'] as const
const list = ofObjects<Case>({ Case: { read, beyond: ['CaseNumber', 'Origin', 'Reason', 'IsEscalated', 'SuppliedName', 'SuppliedEmail', 'SuppliedPhone', 'SuppliedCompany', 'AssetId', 'ProductId', 'EntitlementId', 'SlaStartDate', 'SlaExitDate', 'RecordTypeId'] } })

/** Words of new orgs, and some that others commonly have; administrators have their own. */
export const statusWords = { New: 'OPEN', Working: 'IN_PROGRESS', 'On Hold': 'ON_HOLD', Closed: 'CLOSED', 'In Progress': 'IN_PROGRESS' }
export const priorityWords = { Critical: 'URGENT', High: 'HIGH', Medium: 'NORMAL', Low: 'LOW' }

/** Of every status Salesforce says whether it is closed, and of those that we do not know nothing more. */
function status({ IsClosed, Status }: Case): string | Word | null {
  if (IsClosed === true) return said('CLOSED', Status)
  return IsClosed === false && !Object.hasOwn(statusWords, str(Status) ?? '') ? said('OPEN', Status) : word(statusWords, Status)
}

/** https://developer.salesforce.com/docs/platform/object-reference/references/standard-objects/object-case.html */
export const ticket: Resource<RecordOf<typeof Ticket>, Linked<Case>, Page<Case>, Case, Page<Case>, Fields> = {
  model: Ticket,
  version: 1,
  ...list,
  read: withLinks(list.read, [
    // Who may not see all data may ask for 1,100 at most: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_objects_topicassignment.htm
    { object: 'TopicAssignment', by: 'EntityId', select: ['Topic.Name'], size: 50, limit: 1100, optional: true },
    { object: 'ContentDocumentLink', by: 'LinkedEntityId', select: ['Id'], size: 100 },
    { object: 'Attachment', by: 'ParentId', select: ['Id'], size: 100 },
    ...shareLinks,
  ]),
  fields: {
    name: (row) => str(row.Subject),
    assignees: (row) => present([idOfA('User', row.OwnerId)]),
    assigned_teams: (row) => present([idOfA('Group', row.OwnerId)]),
    creator: (row) => idOfA('User', row.CreatedById),
    due_date: notOffered,
    status,
    description: (row) => prose(row.Description),
    collections: (row) => present([idOfA('Group', row.OwnerId)]),
    ticket_type: (row) => str(row.Type),
    account: (row) => idOfA('Account', row.AccountId),
    contact: (row) => idOfA('Contact', row.ContactId),
    parent_ticket: (row) => idOfA('Case', row.ParentId),
    attachments: (row) => present([...linksOf(row, 'ContentDocumentLink'), ...linksOf(row, 'Attachment')].map(({ Id }) => id(Id))),
    access_level: notOffered,
    permissions: permissionsOf,
    tags: (row) => present(linksOf(row, 'TopicAssignment').map(({ Topic }) => str((Topic as { Name?: unknown } | null | undefined)?.Name))),
    roles: notOffered,
    ticket_url: recordUrl,
    priority: (row) => word(priorityWords, row.Priority),
    remote_created_at: (row) => instant(row.CreatedDate),
    remote_updated_at: (row) => instant(row.SystemModstamp),
    completed_at: (row) => instant(row.ClosedDate),
  },
}
