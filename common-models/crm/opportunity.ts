import { after, commonModel, equals, instant, integer, oneOf, ref, text, url } from '../model.ts'

export const Opportunity = commonModel('crm', 'Opportunity', {
  path: 'opportunities',
  doc: 'A deal that may be won.',
  hasRemoteFields: true,
  fields: {
    name: text('The name of the deal.'),
    description: text('What it is about.'),
    amount: integer('What it is worth, in whole units of the currency.'),
    owner: ref('crm.User', 'The user who works on it.'),
    account: ref('crm.Account', 'The company that may buy.'),
    stage: ref('crm.Stage', 'How far it has come.'),
    status: oneOf(['OPEN', 'WON', 'LOST'], 'Whether it is open, won or lost.'),
    last_activity_at: instant('When somebody last worked on it.'),
    close_date: instant('When it was decided, or should be.'),
    remote_created_at: instant('When it was created at the vendor.'),
    opportunity_url: url('Where a person can look at it.'),
  },
  filters: {
    account_id: equals('account', 'Only deals with this company.'),
    owner_id: equals('owner', 'Only deals that this user works on.'),
    remote_created_after: after('remote_created_at', 'Only deals created at the vendor after this instant.'),
    stage_id: equals('stage', 'Only deals in this stage.'),
    status: equals('status', 'Only deals of this status.'),
  },
  create: { except: ['remote_created_at'] },
  update: { except: ['remote_created_at'] },
})
