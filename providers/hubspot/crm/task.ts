import { prose, str, word } from '#kit'
import { Task } from '#models/crm/task'
import { fromObject, type ObjectResource } from '../objects.ts'
import { first, moment, remoteFields, toldUrl } from '../vendor.ts'

const columns = ['hs_task_subject', 'hs_task_body', 'hs_task_status', 'hs_task_completion_date', 'hs_timestamp', 'hubspot_owner_id'] as const

export const taskWords = { NOT_STARTED: 'OPEN', COMPLETED: 'CLOSED', IN_PROGRESS: 'OPEN', WAITING: 'OPEN', DEFERRED: 'OPEN' }

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/tasks/guide */
export const task: ObjectResource<typeof Task, typeof columns> = {
  model: Task,
  version: 1,
  ...fromObject('tasks', columns, { to: ['contacts', 'companies', 'deals'] }),
  fields: {
    subject: ({ properties: p }) => prose(p.hs_task_subject),
    content: ({ properties: p }) => prose(p.hs_task_body),
    owner: ({ properties: p }) => str(p.hubspot_owner_id),
    account: (row) => first(row, 'companies'),
    opportunity: (row) => first(row, 'deals'),
    contact: (row) => first(row, 'contacts'),
    // Tasks that are not done may carry a day here that is none of completion.
    completed_date: ({ properties: p }) => (p.hs_task_status === 'COMPLETED' ? moment(p.hs_task_completion_date) : null),
    // The place of a task on the timeline is when it is due.
    due_date: ({ properties: p }) => moment(p.hs_timestamp),
    status: ({ properties: p }) => word(taskWords, p.hs_task_status),
    task_url: toldUrl,
  },
  remoteFields,
  fieldClasses: 'tasks',
}
