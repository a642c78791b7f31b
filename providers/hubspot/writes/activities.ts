import { defineWrite, given, vendorWord } from '#kit'
import { Engagement } from '#models/crm/engagement'
import { Note } from '#models/crm/note'
import { Task } from '#models/crm/task'
import type { RecordOf } from '#models'
import { activities, activityId, activityOf } from '../activities.ts'
import { taskWords } from '../crm/task.ts'
import { create, created, linked, update, updated } from './objects.ts'

type EngagementInput = Partial<RecordOf<typeof Engagement>>
type TaskInput = Partial<RecordOf<typeof Task>>

/** An e-mail that is logged has gone out unless it says otherwise. */
const emailDirections = { INCOMING_EMAIL: 'INBOUND', EMAIL: 'OUTBOUND' }

/** How long a call took, where both its ends are told. */
const duration = (from: string | null | undefined, to: string | null | undefined): number | undefined =>
  (typeof from === 'string' && typeof to === 'string' ? Math.max(0, Date.parse(to) - Date.parse(from)) : undefined)

/** What an activity of a kind takes; a meeting has no direction, and an e-mail no end. */
function activity(object: string, { subject, content, direction, owner, start_time: start, end_time: end }: EngagementInput) {
  const kind = activityOf(object) ?? 'calls'
  const names = activities[kind]
  return given({
    [names.subject]: subject, [names.content]: content, hubspot_owner_id: owner, hs_timestamp: start,
    ...(kind === 'calls' && { hs_call_direction: direction, hs_call_duration: duration(start, end) }),
    ...(kind === 'emails' && { hs_email_direction: vendorWord(emailDirections, direction) }),
    ...(kind === 'meetings' && { hs_meeting_start_time: start, hs_meeting_end_time: end }),
  })
}
const activityLinks = ({ account, contacts }: EngagementInput) => ({ companies: account, contacts })
const partsOf = (remoteId: string): readonly [object: string, record: string] => { const at = remoteId.indexOf('-'); return at === -1 ? ['calls', remoteId] : [remoteId.slice(0, at), remoteId.slice(at + 1)] }

const taskProperties = ({ subject, content, owner, due_date, status }: TaskInput) => ({ hs_task_subject: subject, hs_task_body: content, hubspot_owner_id: owner, hs_timestamp: due_date, hs_task_status: vendorWord(taskWords, status) })
const taskLinks = ({ account, opportunity, contact }: TaskInput) => ({ companies: account, deals: opportunity, contacts: contact })
const taskFields = ['subject', 'content', 'owner', 'account', 'opportunity', 'contact', 'due_date', 'status'] as const

const notes = 'https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/notes/guide'
const tasks = 'https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/tasks/guide'
const calls = 'https://developers.hubspot.com/docs/api-reference/legacy/crm/activities/calls/guide'

export const activityWrites = [
  defineWrite(Note)({
    ...created, docs: notes, accepts: ['content', 'owner', 'contact', 'account', 'opportunity'], requires: ['content'],
    // A note has to say when it was written.
    ask: ({ content, owner, contact, account, opportunity }, context) => create('notes', { hs_note_body: content, hubspot_owner_id: owner, hs_timestamp: context.at.toISOString() }, { contacts: contact, companies: account, deals: opportunity }, context),
  }),
  defineWrite(Task)({ ...created, docs: tasks, accepts: taskFields, requires: ['due_date'], ask: (input, context) => create('tasks', taskProperties(input), taskLinks(input), context) }),
  defineWrite(Task)({ ...updated, docs: tasks, accepts: taskFields, keeps: ['account', 'opportunity', 'contact'], ask: (input, context) => update('tasks', context.remoteId, taskProperties(input), context), followed: (input, { remoteId }) => linked('tasks', remoteId, taskLinks(input)) }),
  defineWrite(Engagement)({
    ...created, docs: calls, accepts: ['engagement_type', 'subject', 'content', 'direction', 'owner', 'start_time', 'end_time', 'account', 'contacts'], requires: ['engagement_type'],
    // An activity has to say when it was, and an e-mail which way it went.
    ask: ({ engagement_type: object, ...input }, context) => create(object ?? 'calls', activity(object ?? 'calls', { ...input, start_time: input.start_time ?? context.at.toISOString(), ...(object === 'emails' && { direction: input.direction ?? 'OUTBOUND' }) }), activityLinks(input), context),
    // The answer does not say of which kind the activity is; the properties that only one kind has do.
    remoteId: (answer) => activityId(kindOf(answer.body), created.remoteId(answer)),
  }),
  defineWrite(Engagement)({
    ...updated, docs: calls, accepts: ['subject', 'content', 'direction', 'owner', 'start_time', 'end_time', 'account', 'contacts'], keeps: ['account', 'contacts'],
    ask: (input, context) => { const [object, record] = partsOf(context.remoteId); return update(object, record, activity(object, input), context) },
    followed: (input, { remoteId }) => linked(...partsOf(remoteId), activityLinks(input)),
    remoteId: () => null,
  }),
]

function kindOf(body: unknown): string {
  const names = Object.keys((body as { properties?: Readonly<Record<string, unknown>> | null } | null)?.properties ?? {})
  return names.some((name) => name.startsWith('hs_email_')) ? 'emails' : names.some((name) => name.startsWith('hs_meeting_')) ? 'meetings' : 'calls'
}
