import { commonModel, equals, has, hasFolded, instant, objects, ref, text, url } from '../model.ts'
import { address } from './address.ts'
import { emailAddress } from './email-address.ts'
import { phoneNumber } from './phone-number.ts'

export const Contact = commonModel('crm', 'Contact', {
  path: 'contacts',
  publicName: 'CRMContact',
  doc: 'A person at a company that is, was or may become a customer.',
  hasRemoteFields: true,
  fields: {
    first_name: text('The first name.'),
    last_name: text('The last name.'),
    account: ref('crm.Account', 'The company the person works for.'),
    owner: ref('crm.User', 'The user who looks after the person.'),
    addresses: objects(address, 'Where the person is.'),
    email_addresses: objects(emailAddress, 'The person\'s e-mail addresses.'),
    phone_numbers: objects(phoneNumber, 'The person\'s phone numbers.'),
    last_activity_at: instant('When somebody last dealt with the person.'),
    remote_created_at: instant('When it was created at the vendor.'),
    contact_url: url('Where a person can look at it.'),
  },
  filters: {
    account_id: equals('account', 'Only people of this company.'),
    email_addresses: hasFolded('email_addresses.email_address', 'Only people with any of these addresses, in any case.'),
    phone_numbers: has('phone_numbers.phone_number', 'Only people with any of these numbers, as the vendor writes them.'),
  },
  create: { except: ['remote_created_at'] },
  update: { except: ['remote_created_at'] },
  ignorable: true,
})
