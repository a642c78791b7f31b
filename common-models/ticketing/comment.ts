import { after, commonModel, equals, flag, instant, ref, text } from '../model.ts'

export const Comment = commonModel('ticketing', 'Comment', {
  path: 'comments',
  doc: 'One message in the conversation on a ticket.',
  fields: {
    user: ref('ticketing.User', 'The user who wrote it.'),
    contact: ref('ticketing.Contact', 'The contact who wrote it.'),
    body: text('The text, in the markup that the vendor uses.'),
    html_body: text('The text as HTML, where the vendor gives it. It is not sanitised.'),
    ticket: ref('ticketing.Ticket', 'The ticket it belongs to.'),
    is_private: flag('True where only the vendor\'s own users see it.'),
    remote_created_at: instant('When it was written at the vendor.'),
  },
  filters: {
    remote_created_after: after('remote_created_at', 'Only comments written at the vendor after this instant.'),
    ticket_id: equals('ticket', 'Only comments on this ticket.'),
  },
  create: { except: ['remote_created_at'] },
})
