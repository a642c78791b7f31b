import { reading, type AnyWalk, type Ask, type Looked, type Lookup, type Send, type Setup, type Tables } from '#kit'
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
  /** What is made of an answer; null where it is withheld, or gone, and that is declared to mean nothing. */
  const read = async <T>(asked: Ask, understand: (body: unknown) => T): Promise<T | null> => {
    let response
    try {
      response = await send(reading(asked))
    } catch (error) {
      const withheld = error instanceof Fault && (error.code === 'upstream.forbidden' || error.code === 'upstream.not_found')
      if (!withheld || lookup.withheld === 'fails') throw error
      if (error.facts.logId !== undefined) logIds.push(error.facts.logId)
      return null
    }
    logIds.push(response.logId)
    try {
      return understand(response.body)
    } catch (cause) {
      throw new Fault('upstream.unexpected', { detail: `The answer to ${asked.path} is not of the expected shape.`, logId: response.logId, upstreamStatus: response.status }, cause)
    }
  }
  for (let page = {}; ;) {
    if (seen.size > MOST_PAGES || seen.has(JSON.stringify(page))) throw new Fault('upstream.loop', { detail: `The vendor's list ${ask.path} goes in circles.` })
    seen.add(JSON.stringify(page))
    const found = await read({ ...ask, ...(Object.keys(page).length > 0 && { query: { ...ask.query, ...page } }) }, (body) => ({ listed: [...lookup.entries(body)], next: lookup.next?.(body) ?? null }))
    for (const [key, named] of found?.listed ?? []) {
      const value = lookup.each === undefined ? named : await read(lookup.each.ask(key), lookup.each.entry)
      if (value !== null || lookup.each === undefined) entries.set(key, value)
    }
    if (found === null || found.next === null) return { entries, logIds }
    page = found.next
  }
}
