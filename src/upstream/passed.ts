import type { Limits } from '#kit'
import type { Hop } from '../egress/exchange.ts'
import type { RawAnswer } from './door.ts'
import { textOf } from './json.ts'
import type { Verdict } from './judge.ts'
import { isText, type Redactor } from './redact.ts'

/** What callers may use of what the vendor allows an account. */
const CALLERS_SHARE = 0.8

/** What callers may use of the vendor's patience; the rest is the sync's, whatever they do. */
export const shareOf = ({ concurrency, requests, budgets = [] }: Limits): Limits => {
  const part = (count: number): number => Math.max(1, Math.floor(count * CALLERS_SHARE))
  return { concurrency: part(concurrency), requests: { ...requests, count: part(requests.count) }, budgets: budgets.map((budget) => ({ ...budget, count: part(budget.count) })) }
}

/** The answer for a caller: JSON without the vendor's secrets, text without ours. */
export function answerOf({ headers, body }: Hop, verdict: Verdict, redact: Redactor): Pick<RawAnswer, 'json' | 'bytes'> {
  if (verdict.body !== null) return { json: JSON.parse(redact.values(JSON.stringify(verdict.body))) as unknown, bytes: body }
  const type = headers.get('content-type') ?? ''
  return { json: undefined, bytes: isText(type, body) ? Buffer.from(redact.values(textOf(body, type))) : body }
}
