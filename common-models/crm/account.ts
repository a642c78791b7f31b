import { commonModel, equals, equalsFolded, instant, integer, objects, ref, text, url } from '../model.ts'
import { address } from './address.ts'
import { phoneNumber } from './phone-number.ts'

export const Account = commonModel('crm', 'Account', {
  path: 'accounts',
  publicName: 'CRMAccount',
  doc: 'A company that is, was or may become a customer.',
  hasRemoteFields: true,
  fields: {
    owner: ref('crm.User', 'The user who looks after it.'),
    name: text('The name of the company.'),
    description: text('What is noted of it.'),
    industry: text('The industry, in the vendor\'s words.'),
    website: url('The company\'s website.'),
    number_of_employees: integer('How many people work there.'),
    addresses: objects(address, 'Where the company is.'),
    phone_numbers: objects(phoneNumber, 'Under which numbers it is reached.'),
    last_activity_at: instant('When somebody last dealt with it.'),
    remote_updated_at: instant('When it was last changed at the vendor.'),
    remote_created_at: instant('When it was created at the vendor.'),
    account_url: url('Where a person can look at it.'),
  },
  filters: {
    name: equalsFolded('name', 'Only companies with this name, in any case.'),
    owner_id: equals('owner', 'Only companies that this user looks after.'),
  },
  create: { except: ['phone_numbers', 'remote_updated_at', 'remote_created_at'] },
  update: { except: ['phone_numbers', 'remote_updated_at', 'remote_created_at'] },
})
