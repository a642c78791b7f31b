import type { Answer, ErrorRule } from '#kit'

const login = ({ headers }: Answer): string => headers.get('x-seraph-loginreason') ?? ''
const messageOf = ({ body }: Answer): string => { const message = (body as { readonly message?: unknown } | null)?.message; return typeof message === 'string' ? message : '' }

export const errors: readonly ErrorRule[] = [
  // A token that ran out makes a stranger of its owner, who is shown what strangers may see. https://github.com/MrRefactoring/jira.js/issues/418
  { status: 200, when: (answer) => login(answer).startsWith('AUTHENTICATED_FAILED'), code: 'upstream.unauthorized' },
  // After too many failures: https://developer.atlassian.com/cloud/jira/platform/basic-auth-for-rest-apis/#captcha
  { status: 403, when: (answer) => login(answer).startsWith('AUTHENTICATION_DENIED'), code: 'upstream.unauthorized' },
  // "Unauthorized; scope does not match": consent was given, but not to this. The gateway has no code for it.
  { status: 401, when: (answer) => /\bscope\b/.test(messageOf(answer)), code: 'upstream.forbidden' },
]
