import { nestedShape, text } from '../model.ts'

export const emailAddress = nestedShape('EmailAddress', 'An e-mail address.', {
  email_address: text('The address, as the vendor writes it.'),
  email_address_type: text('What the address is for, in the vendor\'s words.'),
}, ['created_at', 'modified_at'])
