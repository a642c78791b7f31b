import { commonModel, instant, oneOf, ref, text, url } from '../model.ts'

export const Task = commonModel('crm', 'Task', {
  path: 'tasks',
  doc: 'Something that a user is to do for a customer or a deal.',
  hasRemoteFields: true,
  fields: {
    subject: text('What is to be done.'),
    content: text('What there is to know about it.'),
    owner: ref('crm.User', 'The user who is to do it.'),
    account: ref('crm.Account', 'The company it concerns.'),
    opportunity: ref('crm.Opportunity', 'The deal it concerns.'),
    contact: ref('crm.Contact', 'The person it concerns.'),
    completed_date: instant('When it was done.'),
    due_date: instant('When it is due.'),
    status: oneOf(['OPEN', 'CLOSED'], 'Whether it is done.'),
    task_url: url('Where a person can look at it.'),
  },
  create: { except: [] },
  update: { except: ['task_url'] },
})
