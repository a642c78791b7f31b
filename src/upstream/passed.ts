import type { Hop } from '../egress/exchange.ts'
import type { RawAnswer } from './door.ts'
import { textOf } from './json.ts'
import type { Verdict } from './judge.ts'
import { isText, type Redactor } from './redact.ts'

/** The answer for a caller: JSON without the vendor's secrets, text without ours. */
export function answerOf({ headers, body }: Hop, verdict: Verdict, redact: Redactor): Pick<RawAnswer, 'json' | 'bytes'> {
  if (verdict.body !== null) return { json: JSON.parse(redact.values(JSON.stringify(verdict.body))) as unknown, bytes: body }
  const type = headers.get('content-type') ?? ''
  return { json: undefined, bytes: isText(type, body) ? Buffer.from(redact.values(textOf(body, type))) : body }
}
