import { prose, str, word, type Resource } from '#kit'
import { Task } from '#models/crm/task'
import type { RecordOf } from '#models'
import { objectRead } from '../objects.ts'
import { first, moment, remoteFields, toldUrl, type Batch, type Found, type Page, type Row } from '../vendor.ts'

const columns = ['hs_task_subject', 'hs_task_body', 'hs_task_status', 'hs_task_completion_date', 'hs_timestamp', 'hubspot_owner_id'] as const
type P = (typeof columns)[number]

export const taskWords = { NOT_STARTED: 'OPEN', COMPLETED: 'CLOSED', IN_PROGRESS: 'OPEN', WAITING: 'OPEN', DEFERRED: 'OPEN' }

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/tasks/guide */
export const task: Resource<RecordOf<typeof Task>, Row<P>, Page, Found<P>, Batch> = {
  model: Task,
  version: 1,
  read: objectRead({ objects: ['tasks'], columns, to: ['contacts', 'companies', 'deals'] }),
  identity: { remoteId: (row) => str(row.id) },
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
