import { pick, type Random } from './schedule.ts'
import { LISTS, nameOf, PAGE_SIZE, type HostileRow, type ListModel } from './provider.ts'

export type Deed = 'created' | 'updated' | 'deleted' | 're-created'
/** One thing that happened to the vendor's data. `at` is the moment from which on everybody is shown it, in milliseconds since 1970. */
export interface Mutation { readonly at: number; readonly account: string; readonly model: ListModel; readonly id: number; readonly rev: number; readonly deed: Deed }

interface Kept extends HostileRow { readonly goneAt: string | null }
interface List { readonly rows: Map<number, Kept>; ids: number[]; readonly gone: Set<number>; highest: number }

const now = (): number => performance.timeOrigin + performance.now()
/** Lists stay about as long as this. */
const LENGTH = 300
/** So much later than its own timestamp a change may be seen, as searches do. */
const LATEST_MS = 1_500

/** The vendor's data, and the ledger of all that ever happened to it: the one thing that the checker believes. */
export interface World {
  readonly ledger: readonly Mutation[]
  readonly mutate: () => void
  readonly page: (account: string, model: ListModel, query: { readonly above?: number; readonly skip?: number; readonly since?: string }) => { list: HostileRow[]; total: number; left: number }
  /** The ids of what is gone, and went since. */
  readonly gone: (account: string, model: ListModel, since: string | undefined) => number[]
}

export function openWorld(accounts: readonly string[], random: Random): World {
  const ledger: Mutation[] = []
  const lists = new Map<string, List>()
  const listOf = (account: string, model: ListModel): List => lists.get(`${account} ${model}`)!
  const flagged = (model: ListModel): boolean => LISTS.find((list) => list.model === model)!.deletes === 'by a flag'

  function put(account: string, model: ListModel, id: number, deed: Deed): void {
    const list = listOf(account, model)
    const at = now()
    const rev = (list.rows.get(id)?.rev ?? 0) + 1
    const late = random() < 0.1 ? random() * LATEST_MS : 0
    const deleted = deed === 'deleted'
    list.rows.set(id, { id, rev, name: nameOf(model, id, rev), changed: new Date(at - late).toISOString(), goneAt: deleted ? new Date(at).toISOString() : null, ...(deleted && { deleted }) })
    if (deleted) list.gone.add(id)
    else list.gone.delete(id)
    const isShown = !deleted || flagged(model)
    const place = list.ids.findLastIndex((other) => other <= id)
    if (isShown && list.ids[place] !== id) list.ids.splice(place + 1, 0, id)
    if (!isShown && list.ids[place] === id) list.ids.splice(place, 1)
    list.highest = Math.max(list.highest, id)
    ledger.push({ at, account, model, id, rev, deed })
  }

  for (const account of accounts) {
    for (const { model } of LISTS) {
      lists.set(`${account} ${model}`, { rows: new Map(), ids: [], gone: new Set(), highest: 0 })
      for (let n = 1; n <= LENGTH; n++) put(account, model, n, 'created')
    }
  }

  return {
    ledger,
    mutate() {
      const account = pick(random, accounts)
      const { model } = pick(random, LISTS)
      const list = listOf(account, model)
      const living = list.ids.length - (flagged(model) ? list.gone.size : 0)
      const lot = random()
      if (lot < 0.12 && living > LENGTH / 2) {
        // Rows at the front vanish as often as others: what is behind them moves to the page before.
        for (let id = pick(random, list.ids); ; id = pick(random, list.ids)) if (!list.gone.has(id)) return put(account, model, id, 'deleted')
      }
      if (lot < 0.15 && list.gone.size > 0) return put(account, model, pick(random, [...list.gone]), 're-created')
      if (lot < 0.25) return put(account, model, list.highest + 1, 'created')
      for (let id = pick(random, list.ids); ; id = pick(random, list.ids)) if (!list.gone.has(id)) return put(account, model, id, 'updated')
    },
    page(account, model, { above = 0, skip = 0, since }) {
      const { ids, rows } = listOf(account, model)
      const matching = since === undefined ? ids : ids.filter((id) => rows.get(id)!.changed >= since)
      const from = above === 0 ? skip : matching.findIndex((id) => id > above)
      const shown = from < 0 ? [] : matching.slice(from, from + PAGE_SIZE)
      return { total: matching.length, left: from < 0 ? 0 : matching.length - from, list: shown.map((id) => { const { goneAt: _, ...row } = rows.get(id)!; return row }) }
    },
    gone(account, model, since) {
      const { gone, rows } = listOf(account, model)
      return [...gone].filter((id) => since === undefined || rows.get(id)!.goneAt! >= since)
    },
  }
}

/** The ledger as the checker asks it. */
export interface Truth {
  readonly living: ReadonlyMap<string, number>
  /** When this state came about; undefined: it never did. */
  readonly bornAt: (key: string, rev: number) => number | undefined
  /** Whether the record was gone at any moment between these two. */
  readonly wasGone: (key: string, from: number, to: number) => boolean
}

export const keyOf = (account: string, model: string, id: number | string): string => `${account} ${model} ${id}`

export function truthOf(ledger: readonly Mutation[]): Truth {
  const histories = Map.groupBy(ledger, ({ account, model, id }) => keyOf(account, model, id))
  return {
    living: new Map([...histories].flatMap(([key, deeds]) => (deeds.at(-1)!.deed === 'deleted' ? [] : [[key, deeds.at(-1)!.rev] as const]))),
    bornAt: (key, rev) => histories.get(key)?.find((deed) => deed.rev === rev)?.at,
    wasGone(key, from, to) {
      const deeds = histories.get(key) ?? []
      return deeds.length === 0 || deeds.some(({ deed, at }, n) => deed === 'deleted' && at <= to && (deeds[n + 1]?.at ?? Infinity) >= from)
    },
  }
}

export const shareOf = (ledger: readonly Mutation[], deed: Deed): number => ledger.filter((mutation) => mutation.deed === deed).length / Math.max(1, ledger.length)
