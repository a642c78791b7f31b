import { day, instant, present, prose, str, word } from '#kit'
import { Engagement } from '#models/crm/engagement'
import type { RecordOf } from '#models'
import { accountOf, directionWords, engagementTypeId, eventColumns, onlyDealings, taskColumns } from '../activities.ts'
import { ofObjects, type ObjectResource } from '../objects.ts'
import { idOfA, recordUrl, type Event, type Task } from '../vendor.ts'

type Record = Task & Event
const objects = {
  Task: { read: taskColumns, beyond: ['Priority', 'CallDurationInSeconds', 'CallDisposition'], where: [onlyDealings] },
  // Invitees get a copy each of the same meeting.
  Event: { read: eventColumns, beyond: ['Location', 'IsAllDayEvent', 'DurationInMinutes', 'IsRecurrence', 'ShowAs'], where: ['IsChild = false'] },
}

export const engagement: ObjectResource<RecordOf<typeof Engagement>, Record> = {
  model: Engagement,
  version: 1,
  ...ofObjects<Record>(objects),
  fields: {
    owner: (row) => idOfA('User', row.OwnerId),
    content: (row) => prose(row.Description),
    subject: (row) => str(row.Subject),
    direction: (row) => word(directionWords, row.CallType),
    engagement_type: (row) => engagementTypeId('Event', row.EventSubtype) ?? engagementTypeId('Task', row.TaskSubtype),
    // A call or message has a day and the moment when it was put down as done; a meeting has both its ends.
    start_time: (row) => instant(row.StartDateTime) ?? day(row.ActivityDate),
    end_time: (row) => instant(row.EndDateTime) ?? instant(row.CompletedDateTime),
    account: accountOf,
    contacts: (row) => present([idOfA('Contact', row.WhoId)]),
    engagement_url: recordUrl,
  },
}
