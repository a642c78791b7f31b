/** Tasks and events: https://developer.salesforce.com/docs/platform/object-reference/references/standard-objects/object-task.html. Calls and messages are logged as tasks of a subtype. */
import { soqlValue, str } from '#kit'
import { idOfA, type Event, type Task } from './vendor.ts'

const activity = ['Subject', 'Description', 'OwnerId', 'WhoId', 'WhatId', 'AccountId', 'ActivityDate', 'CreatedDate'] as const
export const taskColumns = [...activity, 'Status', 'TaskSubtype', 'CompletedDateTime', 'CallType', 'IsClosed'] as const
export const eventColumns = [...activity, 'EventSubtype', 'StartDateTime', 'EndDateTime'] as const

/** Subtypes of tasks that tell of a dealing with customers; the others are things to do. */
const dealings = { Call: 'CALL', Email: 'EMAIL', ListEmail: 'EMAIL' }
/** `Event` is the subtype that all events have. */
export const activityWords: Readonly<Record<string, string>> = { ...dealings, Event: 'MEETING' }
export const directionWords = { Inbound: 'INBOUND', Outbound: 'OUTBOUND' }
export const isDealing = (subtype: unknown): boolean => Object.hasOwn(dealings, str(subtype) ?? '')
export const onlyDealings = `TaskSubtype in (${Object.keys(dealings).map(soqlValue).join(', ')})`

/** `Task.Call`: subtypes of the two objects may share a name. */
export const engagementTypeId = (object: string, subtype: unknown): string | null => { const name = str(subtype); return name === null ? null : `${object}.${name}` }

type About = Pick<Task | Event, 'AccountId' | 'WhatId'>
/** Salesforce works the account out of what and whom the activity is about. */
export const accountOf = ({ AccountId, WhatId }: About): string | null => idOfA('Account', AccountId) ?? idOfA('Account', WhatId)
