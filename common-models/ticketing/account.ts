import { commonModel, text, textsOrNull } from '../model.ts'

export const Account = commonModel('ticketing', 'Account', {
  path: 'accounts',
  publicName: 'TicketingAccount',
  doc: 'A customer organisation on whose behalf tickets are raised.',
  fields: {
    name: text('The name of the organisation.'),
    domains: textsOrNull('Internet domains that belong to it.'),
  },
})
