import { defineWrite, instant, str, vendorWord } from '#kit'
import { Engagement } from '#models/crm/engagement'
import { Note } from '#models/crm/note'
import { Task } from '#models/crm/task'
import { directionWords } from '../activities.ts'
import { idOfA } from '../vendor.ts'
import { create, creates, dayOf, first, update, updates, type Input } from './common.ts'

const task = ['subject', 'content', 'owner', 'account', 'opportunity', 'contact', 'due_date', 'status'] as const
/** Statuses of tasks are the org's own; these two are in every new one. */
const statusWords = { Completed: 'CLOSED', 'Not Started': 'OPEN' }
const taskFields = (input: Input<(typeof task)[number]>) => ({
  Subject: input.subject, Description: input.content, OwnerId: input.owner, WhatId: input.opportunity ?? input.account, WhoId: input.contact, ActivityDate: dayOf(input.due_date), Status: vendorWord(statusWords, input.status),
})

const engagement = ['subject', 'content', 'owner', 'account', 'contacts', 'start_time', 'end_time', 'direction'] as const
type Dealing = Input<(typeof engagement)[number]>
/** Salesforce takes more people than one where the org shares activities, and says no where it does not: https://developer.salesforce.com/docs/marketing/loyalty-api/guide/sforce-api-objects-event.html */
const people = ({ contacts }: Dealing, list: string) => (Array.isArray(contacts) && contacts.length > 1 ? { [list]: contacts as unknown } : { WhoId: first(contacts) })
// A meeting has no direction; Salesforce says so, where one is given all the same.
const shared = (input: Dealing) => ({ Subject: input.subject, Description: input.content, OwnerId: input.owner, WhatId: input.account, CallType: vendorWord(directionWords, input.direction) })
const eventFields = (input: Dealing) => ({ ...shared(input), StartDateTime: input.start_time, EndDateTime: input.end_time, ...people(input, 'EventWhoIds') })
const callFields = (input: Dealing) => ({ ...shared(input), ActivityDate: dayOf(input.start_time), CallDurationInSeconds: secondsOf(input), ...people(input, 'TaskWhoIds') })

function secondsOf({ start_time: start, end_time: end }: Dealing): unknown {
  const [from, to] = [instant(start), instant(end)]
  return from === null || to === null ? undefined : Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000))
}

/** `Event.Event`, `Task.Call`: the object, and which of its kind. */
function dealing({ engagement_type: type, ...input }: Dealing & Input<'engagement_type'>): readonly [object: string, fields: Readonly<Record<string, unknown>>] {
  const [object, subtype] = (str(type) ?? '').split('.', 2)
  return object === 'Event' ? ['Event', { ...eventFields(input), EventSubtype: subtype }] : ['Task', { ...callFields(input), TaskSubtype: subtype ?? str(type), Status: 'Completed' }]
}

/** Notes must have a title: the first line, unless a remote field says another. */
const titleOf = (content: unknown): string => (/\S.*/.exec(str(content) ?? '')?.[0] ?? '').slice(0, 80)

export const activityWrites = [
  defineWrite(Note)({
    ...creates, accepts: ['content', 'owner', 'account', 'contact', 'opportunity'], requires: ['content'], oneOf: [['account', 'contact', 'opportunity']],
    ask: (input, context) => create('Note', { Title: titleOf(input.content), Body: input.content, OwnerId: input.owner, ParentId: input.opportunity ?? input.contact ?? input.account }, context),
  }),
  // An activity is about one thing, be it a company or a deal; of a deal Salesforce finds the company by itself.
  defineWrite(Task)({ ...creates, accepts: task, requires: ['status'], oneOf: [['account', 'opportunity']], ask: (input, context) => create('Task', taskFields(input), context) }),
  defineWrite(Task)({ ...updates, accepts: task, oneOf: [['account', 'opportunity']], ask: (input, context) => update('Task', taskFields(input), context) }),
  defineWrite(Engagement)({ ...creates, accepts: [...engagement, 'engagement_type'], requires: ['engagement_type'], ask: (input, context) => { const [object, fields] = dealing(input); return create(object, fields, context) } }),
  // What kind it is cannot be changed; the id says which object it is.
  defineWrite(Engagement)({ ...updates, accepts: engagement, ask: (input, context) => (idOfA('Event', context.remoteId) !== null ? update('Event', eventFields(input), context) : update('Task', callFields(input), context)) }),
]
