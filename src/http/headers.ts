import type { FastifyReply } from 'fastify'

const CACHING = { 'cache-control': 'private, no-store' }
/** For every answer; a route that needs another value has set it before. */
const WANTED = Object.entries({
  ...CACHING,
  'content-security-policy': `default-src 'none'; frame-ancestors 'none'`,
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
})
/** A 304 speaks of an answer that the caller has, headers and all: it repeats what says how long that is good (RFC 9110, 15.4.5). */
const WANTED_UNCHANGED = Object.entries(CACHING)

// oxlint-disable-next-line no-control-regex
const UNFIT = /[^\t\x20-\x7e\x80-\xff]+/g

/** A header value with everything gone that could end the line. Node would refuse the whole answer over it. */
export const headerSafe = (value: string): string => value.replaceAll(UNFIT, ' ')

/** The text as it may stand in a log line: printable ASCII, bounded. */
export const logSafe = (value: string, longest = 200): string => value.slice(0, longest).replaceAll(/[^\x20-\x7e]/g, '?')

/** Defaults for what is missing, and no value that breaks the answer. For `onSend`. */
export function finishHeaders(reply: FastifyReply): void {
  const set = reply.getHeaders()
  for (const name in set) {
    const value = set[name]
    if (typeof value === 'string' && headerSafe(value) !== value) reply.header(name, headerSafe(value))
  }
  for (const [name, value] of reply.statusCode === 304 ? WANTED_UNCHANGED : WANTED) if (set[name] === undefined) reply.header(name, value)
}
