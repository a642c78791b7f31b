import { after, commonModel, equals, instant, ref, text } from '../model.ts'

export const Attachment = commonModel('ticketing', 'Attachment', {
  path: 'attachments',
  publicName: 'TicketingAttachment',
  doc: 'A file that belongs to a ticket.',
  fields: {
    file_name: text('The name of the file, with its extension.'),
    ticket: ref('ticketing.Ticket', 'The ticket it belongs to.'),
    file_url: text('Where the vendor keeps the file. It usually asks for the vendor\'s credentials.'),
    content_type: text('The media type of the file.'),
    uploaded_by: ref('ticketing.User', 'The user who uploaded it.', { expandable: false }),
    remote_created_at: instant('When it was uploaded at the vendor.'),
  },
  filters: {
    remote_created_after: after('remote_created_at', 'Only files uploaded at the vendor after this instant.'),
    ticket_id: equals('ticket', 'Only files of this ticket.'),
  },
  create: { except: ['remote_created_at'] },
})
