import { bool, instant, prose } from '#kit'
import { Comment } from '#models/ticketing/comment'
import type { RecordOf } from '#models'
import { linksOf, withLinks, type Linked } from '../links.ts'
import { ofPlainObjects, type PlainResource } from '../objects.ts'
import { idOfA, type CaseComment, type CaseFeed, type EmailMessage } from '../vendor.ts'

type Record = EmailMessage & CaseComment & CaseFeed
type Row = Linked<Record>

const objects = {
  // A status of 5 is a draft: https://developer.salesforce.com/docs/platform/object-reference/references/standard-objects/object-emailmessage.html
  EmailMessage: { read: ['ParentId', 'TextBody', 'HtmlBody', 'Incoming', 'MessageDate', 'CreatedById', 'CreatedDate'], where: ['ParentId != null', 'Status != \'5\''], optional: true },
  CaseComment: { read: ['ParentId', 'CommentBody', 'IsPublished', 'CreatedById', 'CreatedDate'] },
  // The feed also tells of the comments and messages above, and of changes: those are no posts.
  CaseFeed: { read: ['ParentId', 'Body', 'IsRichText', 'Visibility', 'CreatedById', 'CreatedDate'], where: ['Type in (\'TextPost\', \'LinkPost\', \'ContentPost\')'], optional: true },
} as const
const list = ofPlainObjects<Record>(objects)

/** Who sent a message, where Salesforce knows the address. */
const sender = (row: Row, object: 'Contact' | 'User'): string | null => linksOf(row, 'EmailMessageRelation').map(({ RelationId }) => idOfA(object, RelationId)).find((one) => one !== null) ?? null
const visibility: Readonly<{ [word: string]: boolean }> = { AllUsers: false, InternalUsers: true }

/** What was written on a case: comments, messages, and posts in its feed. */
export const comment: PlainResource<RecordOf<typeof Comment>, Record, Row> = {
  model: Comment,
  version: 1,
  ...list,
  read: withLinks(list.read, [{ object: 'EmailMessageRelation', of: 'EmailMessage', by: 'EmailMessageId', select: ['RelationId'], where: ['RelationType = \'FromAddress\''], size: 100, optional: true }]),
  fields: {
    // Who put a message that came in into Salesforce is mostly a robot.
    user: (row) => (row.Incoming === true ? sender(row, 'User') : idOfA('User', row.CreatedById)),
    contact: (row) => sender(row, 'Contact'),
    body: (row) => prose(row.CommentBody) ?? prose(row.TextBody) ?? prose(row.Body),
    html_body: (row) => prose(row.HtmlBody) ?? (row.IsRichText === true ? prose(row.Body) : null),
    ticket: (row) => idOfA('Case', row.ParentId),
    is_private: (row) => { const published = bool(row.IsPublished); return published !== null ? !published : typeof row.Visibility === 'string' ? visibility[row.Visibility] ?? null : bool(row.Incoming) === null ? null : false },
    remote_created_at: (row) => instant(row.MessageDate) ?? instant(row.CreatedDate),
  },
}
