import { day, instant, prose, said, str } from '#kit'
import { Task } from '#models/crm/task'
import type { RecordOf } from '#models'
import { accountOf, isDealing, taskColumns } from '../activities.ts'
import { ofObjects, type ObjectResource } from '../objects.ts'
import { idOfA, recordUrl, type Task as Record } from '../vendor.ts'

export const task: ObjectResource<RecordOf<typeof Task>, Record> = {
  model: Task,
  version: 1,
  // Filtered here and not in the query: whether `not in` lets empty subtypes through is not documented.
  ...ofObjects<Record>({ Task: { read: taskColumns, beyond: ['Priority', 'Type', 'IsHighPriority', 'IsRecurrence'] } }, { keep: (record) => !isDealing(record.TaskSubtype) }),
  fields: {
    subject: (row) => str(row.Subject),
    content: (row) => prose(row.Description),
    owner: (row) => idOfA('User', row.OwnerId),
    account: accountOf,
    opportunity: (row) => idOfA('Opportunity', row.WhatId),
    contact: (row) => idOfA('Contact', row.WhoId),
    completed_date: (row) => instant(row.CompletedDateTime),
    due_date: (row) => day(row.ActivityDate),
    status: (row) => (row.IsClosed === true ? said('CLOSED', row.Status) : row.IsClosed === false ? said('OPEN', row.Status) : str(row.Status)),
    task_url: recordUrl,
  },
}
