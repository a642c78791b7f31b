import { reading, type AnyWalk, type Looked, type Lookup, type Send, type Setup, type Tables } from '#kit'
import { Fault } from '../errors.ts'

/** What a run at work remembers between pages. It is gone with the slice, so a name that changed at the vendor is seen within its length. */
export type Memory = Map<string, Promise<Table>>
interface Table { readonly entries: ReadonlyMap<string, unknown>; readonly logIds: readonly string[] }

const MOST_PAGES = 1_000

export const createMemory = (): Memory => new Map()

/** The look-ups of a walk, read at their first use; `logIds` are those of requests that were made for it now. */
export async function lookUp({ lookups = {} }: AnyWalk, send: Send, setup: Setup, memory: Memory): Promise<{ readonly lookups: Looked<Tables>; readonly logIds: readonly string[] }> {
  const logIds: string[] = []
  const tables = await Promise.all(Object.entries(lookups as Readonly<Record<string, Lookup<unknown>>>).map(async ([name, lookup]) => {
    const key = JSON.stringify([name, lookup.ask(setup)])
    let table = memory.get(key)
    if (table === undefined) {
      table = readTable(lookup, send, setup)
      memory.set(key, table)
      table.then((read) => logIds.push(...read.logIds), () => memory.delete(key))
    }
    return [name, (await table).entries] as const
  }))
  return { lookups: Object.fromEntries(tables), logIds }
}

async function readTable(lookup: Lookup<unknown>, send: Send, setup: Setup): Promise<Table> {
  const entries = new Map<string, unknown>()
  const logIds: string[] = []
  const ask = lookup.ask(setup)
  const seen = new Set<string>()
  for (let page = {}; ;) {
    if (seen.size > MOST_PAGES || seen.has(JSON.stringify(page))) throw new Fault('upstream.loop', { detail: `The vendor's list ${ask.path} goes in circles.` })
    seen.add(JSON.stringify(page))
    let response
    try {
      response = await send(reading({ ...ask, ...(Object.keys(page).length > 0 && { query: { ...ask.query, ...page } }) }))
    } catch (error) {
      const withheld = error instanceof Fault && (error.code === 'upstream.forbidden' || error.code === 'upstream.not_found')
      if (!withheld || lookup.withheld === 'fails') throw error
      return { entries, logIds: [...logIds, ...(error.facts.logId === undefined ? [] : [error.facts.logId])] }
    }
    logIds.push(response.logId)
    try {
      for (const [key, value] of lookup.entries(response.body)) entries.set(key, value)
      const next = lookup.next?.(response.body) ?? null
      if (next === null) return { entries, logIds }
      page = next
    } catch (cause) {
      throw new Fault('upstream.unexpected', { detail: `The answer to ${ask.path} is not of the expected shape.`, logId: response.logId, upstreamStatus: response.status }, cause)
    }
  }
}
