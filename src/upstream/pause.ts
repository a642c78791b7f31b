import type { Fault, FaultCode } from '../errors.ts'
import type { DoorContext } from './door.ts'

const ATTEMPTS = 4
const PASSING: ReadonlySet<FaultCode> = new Set(['upstream.unavailable', 'upstream.unreachable', 'upstream.timed_out', 'upstream.cut_short', 'upstream.not_json'])

/** How long to wait before the next attempt; null: there is none. Only reads are repeated: a write may have arrived. */
export function pauseBefore({ repeatable }: { readonly repeatable: boolean }, { retries = true }: DoorContext, fault: Fault, number: number, random: () => number): number | null {
  // Where it is known when trying again makes sense, that is the schedule's to keep.
  if (!repeatable || !PASSING.has(fault.code) || fault.facts.retryAt !== undefined) return null
  // A connection that the vendor had closed while it was idle says nothing about the vendor: once more, at once, even for one who waits.
  if (fault.facts['dropped'] === true && number === 1) return 0
  if (!retries || number >= ATTEMPTS) return null
  return random() * Math.min(4_000, 250 * 4 ** (number - 1))
}
