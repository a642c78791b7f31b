import { commonModel, equalsFolded, ref, text } from '../model.ts'

export const Contact = commonModel('ticketing', 'Contact', {
  path: 'contacts',
  publicName: 'TicketingContact',
  doc: 'A person at the customer\'s side of a ticket.',
  fields: {
    name: text('The full name.'),
    email_address: text('The e-mail address.'),
    phone_number: text('The phone number, as the vendor writes it.'),
    details: text('What else the vendor knows of the person.'),
    account: ref('ticketing.Account', 'The organisation the person belongs to.'),
  },
  filters: { email_address: equalsFolded('email_address', 'Only contacts with this address, in any case.') },
  create: { except: [] },
})
