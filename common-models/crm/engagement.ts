import { after, before, commonModel, instant, oneOf, ref, refs, text, url } from '../model.ts'

export const Engagement = commonModel('crm', 'Engagement', {
  path: 'engagements',
  doc: 'One time that somebody dealt with a customer: a call, a meeting, a message.',
  hasRemoteFields: true,
  fields: {
    owner: ref('crm.User', 'The user who dealt with the customer.'),
    content: text('What was said or written.'),
    subject: text('What it was about.'),
    direction: oneOf(['INBOUND', 'OUTBOUND'], 'Who began it.'),
    engagement_type: ref('crm.EngagementType', 'What kind of dealing it was.'),
    start_time: instant('When it began.'),
    end_time: instant('When it ended.'),
    account: ref('crm.Account', 'The company it concerns.'),
    contacts: refs('crm.Contact', 'The people who took part.'),
    engagement_url: url('Where a person can look at it.'),
  },
  filters: {
    started_after: after('start_time', 'Only what began after this instant.'),
    started_before: before('start_time', 'Only what began before this instant.'),
  },
  create: { except: [] },
  update: { except: [] },
})
