import { commonModel, equals, instant, ref, text, url } from '../model.ts'

export const Note = commonModel('crm', 'Note', {
  path: 'notes',
  doc: 'What a user wrote down of a customer or a deal.',
  hasRemoteFields: true,
  fields: {
    owner: ref('crm.User', 'The user who wrote it.'),
    content: text('The text, in the markup that the vendor uses.'),
    contact: ref('crm.Contact', 'The person it is about.'),
    account: ref('crm.Account', 'The company it is about.'),
    opportunity: ref('crm.Opportunity', 'The deal it is about.'),
    remote_updated_at: instant('When it was last changed at the vendor.'),
    remote_created_at: instant('When it was written at the vendor.'),
    note_url: url('Where a person can look at it.'),
  },
  filters: {
    account_id: equals('account', 'Only notes on this company.'),
    contact_id: equals('contact', 'Only notes on this person.'),
    opportunity_id: equals('opportunity', 'Only notes on this deal.'),
    owner_id: equals('owner', 'Only notes of this user.'),
  },
  create: { except: ['remote_updated_at', 'remote_created_at'] },
})
