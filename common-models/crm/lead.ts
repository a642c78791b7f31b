import { commonModel, equals, has, hasFolded, instant, objects, oneOf, ref, text, url } from '../model.ts'
import { address } from './address.ts'
import { emailAddress } from './email-address.ts'
import { phoneNumber } from './phone-number.ts'

export const Lead = commonModel('crm', 'Lead', {
  path: 'leads',
  doc: 'Somebody who may become a customer, not yet a contact.',
  hasRemoteFields: true,
  fields: {
    owner: ref('crm.User', 'The user who looks after the lead.'),
    lead_source: text('Where the lead came from.'),
    title: text('The person\'s position.'),
    company: text('The name of the person\'s company.'),
    first_name: text('The first name.'),
    last_name: text('The last name.'),
    addresses: objects(address, 'Where the person is.'),
    email_addresses: objects(emailAddress, 'The person\'s e-mail addresses.'),
    phone_numbers: objects(phoneNumber, 'The person\'s phone numbers.'),
    remote_updated_at: instant('When it was last changed at the vendor.'),
    remote_created_at: instant('When it was created at the vendor.'),
    converted_date: instant('When the lead became a contact.'),
    converted_contact: ref('crm.Contact', 'The contact that the lead became.'),
    converted_account: ref('crm.Account', 'The company that came of the lead.'),
    status: oneOf(['OPEN', 'CLOSED', 'UNQUALIFIED', 'QUALIFIED'], 'Where the lead stands.'),
    lead_url: url('Where a person can look at it.'),
  },
  filters: {
    converted_account_id: equals('converted_account', 'Only leads that became this company.'),
    converted_contact_id: equals('converted_contact', 'Only leads that became this contact.'),
    email_addresses: hasFolded('email_addresses.email_address', 'Only leads with any of these addresses, in any case.'),
    owner_id: equals('owner', 'Only leads that this user looks after.'),
    phone_numbers: has('phone_numbers.phone_number', 'Only leads with any of these numbers, as the vendor writes them.'),
  },
  create: { except: ['remote_updated_at', 'remote_created_at', 'status'] },
})
