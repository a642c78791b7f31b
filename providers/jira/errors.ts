import type { Answer, ErrorRule } from '#kit'

const login = ({ headers }: Answer): string => headers.get('x-seraph-loginreason') ?? ''
const messageOf = ({ body }: Answer): string => { const message = (body as { readonly message?: unknown } | null)?.message; return typeof message === 'string' ? message : '' }

const complaintsOf = ({ body }: Answer): readonly string[] => { const messages = (body as { readonly errorMessages?: unknown } | null)?.errorMessages; return Array.isArray(messages) ? messages.map(String) : [] }

export const errors: readonly ErrorRule[] = [
  // A token that ran out makes a stranger of its owner, who is shown what strangers may see. https://github.com/MrRefactoring/jira.js/issues/418
  { status: 200, when: (answer) => login(answer).startsWith('AUTHENTICATED_FAILED'), code: 'upstream.unauthorized' },
  // After too many failures: https://developer.atlassian.com/cloud/jira/platform/basic-auth-for-rest-apis/#captcha
  { status: 403, when: (answer) => login(answer).startsWith('AUTHENTICATION_DENIED'), code: 'upstream.unauthorized' },
  // {"code": 401, "message": "Unauthorized; scope does not match"}: consent was given, but not to this; 401 is the only code. https://github.com/raycast/extensions/issues/11212
  { status: 401, when: (answer) => /\bscope\b/.test(messageOf(answer)), code: 'upstream.forbidden' },
  // A page token holds for seven days; one that does not is complained of by name, without a code. https://github.com/brekkylab/backlot/issues/191
  { status: 400, when: (answer) => complaintsOf(answer).some((message) => /next\s?page\s?token/i.test(message)), code: 'upstream.cursor_gone' },
  // A list of people that took longer than ten seconds, or an issue that somebody else was changing: the same again may do.
  { status: 409, code: 'upstream.unavailable' },
]
