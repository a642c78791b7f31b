import { epoch, num } from '#kit'
import { moment } from './vendor.ts'

/** What calls, e-mails and meetings call the same things. */
export const activities = {
  calls: { subject: 'hs_call_title', content: 'hs_call_body' },
  emails: { subject: 'hs_email_subject', content: 'hs_email_text' },
  meetings: { subject: 'hs_meeting_title', content: 'hs_meeting_body' },
} as const
export type Activity = keyof typeof activities
export const activityOf = (object: unknown): Activity | null => (typeof object === 'string' && Object.hasOwn(activities, object) ? (object as Activity) : null)

/** An activity is numbered among its own kind, so its id says which kind that is. */
export const activityId = (object: string, record: string | null): string | null => (record === null ? null : `${object}-${record}`)

/** A call tells how long it took, in milliseconds. */
export const endOf = (start: unknown, duration: unknown): string | null => {
  const [from, length] = [moment(start), num(duration)]
  return from === null || length === null ? null : epoch(Date.parse(from) + length, 'milliseconds')
}
