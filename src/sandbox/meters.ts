// oxlint-disable-next-line no-restricted-imports -- a type only
import type { ServerResponse } from 'node:http'
import type { Meter, SandboxAnswer, SandboxRequest } from '#kit'

/** A limit, and what the vendor says to who exceeds it. */
export interface Metered { readonly what: string; readonly meter: Meter; readonly answer: SandboxAnswer }

type Counts = (request: Pick<SandboxRequest, 'method' | 'path' | 'body'>, response: Pick<ServerResponse, 'once'>) => boolean

/** No span of that length, wherever it begins, may hold more; what was refused counts too. */
function inWindow({ count, counts = () => 1 }: Meter, windowMs: number, now: () => number): Counts {
  let seen: { readonly at: number; readonly cost: number }[] = []
  let first = 0
  let sum = 0
  return (request) => {
    const at = now()
    for (; first < seen.length && seen[first]!.at <= at - windowMs; first++) sum -= seen[first]!.cost
    if (first > 10_000) [seen, first] = [seen.slice(first), 0]
    const cost = counts(request)
    seen.push({ at, cost })
    sum += cost
    return cost > 0 && sum > count
  }
}

function atOnce({ count, counts = () => 1 }: Meter): Counts {
  let underWay = 0
  return (request, response) => {
    const cost = counts(request)
    underWay += cost
    response.once('close', () => { underWay -= cost })
    return cost > 0 && underWay > count
  }
}

/** The first limit that a request exceeds; each counts it. */
export function openMeters(meters: readonly Metered[], now: () => number): (...received: Parameters<Counts>) => Metered | null {
  const open = meters.map((metered) => ({ metered, exceeds: metered.meter.perSeconds === 'at_once' ? atOnce(metered.meter) : inWindow(metered.meter, metered.meter.perSeconds * 1000, now) }))
  return (...received) => open.filter(({ exceeds }) => exceeds(...received))[0]?.metered ?? null
}
