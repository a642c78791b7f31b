import { commonModel, equalsFolded, flag, text, url } from '../model.ts'

export const User = commonModel('crm', 'User', {
  path: 'users',
  publicName: 'CRMUser',
  doc: 'Somebody with a login at the vendor, who works with customers.',
  hasRemoteFields: true,
  fields: {
    name: text('The full name.'),
    email: text('The e-mail address.'),
    is_active: flag('False where the login is locked or not yet confirmed.'),
    user_url: url('Where a person can look at it.'),
  },
  filters: { email: equalsFolded('email', 'Only users with this address, in any case.') },
  ignorable: true,
})
