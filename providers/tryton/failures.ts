/**
 * What goes wrong inside a procedure is answered with 200: `["UserError", [message, description, domain]]` for what the
 * server meant to say, `[text, traceback]` for what befell it. https://docs.tryton.org/latest/server/ref/exceptions.html
 */
import { str, type Complaint, type Answer } from '#kit'

const first = (error: unknown): string => (Array.isArray(error) ? str(error[0]) ?? '' : '')
const message = (error: unknown): string => (Array.isArray(error) && Array.isArray(error[1]) ? str(error[1][first(error) === 'UserWarning' ? 1 : 0]) ?? '' : Array.isArray(error) ? str(error[1]) ?? '' : '')

const MEANT = ['UserError', 'UserWarning', 'ConcurrencyException', 'LoginException']
/** A missing right has no code of its own. We ask for English, and these are all of its sentences. https://code.tryton.org/tryton/-/blob/branch/default/trytond/trytond/ir/message.xml */
const NOT_ALLOWED = /^(?:You are not allowed to|Calling button .* is not allowed)/
/** The key that is not in Python's dictionary: the module is not active, or the version does not have the field yet. */
const NOT_THERE = /^'[a-z][a-z0-9_.]*'$/

export const failures = [
  { when: (error: unknown) => first(error) === 'UserError' && NOT_ALLOWED.test(message(error)), code: 'upstream.forbidden' },
  { when: (error: unknown) => MEANT.includes(first(error)), code: 'upstream.rejected' },
  { when: (error: unknown) => NOT_THERE.test(first(error)), code: 'upstream.not_found' },
] as const

/** Names no field but in its prose. */
export const complaints = ({ body }: Answer): readonly Complaint[] => {
  const error: unknown = (body as { error?: unknown } | null)?.error
  return MEANT.includes(first(error)) && message(error) !== '' ? [{ message: message(error), field: null }] : []
}
