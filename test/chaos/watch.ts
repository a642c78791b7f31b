/** What goes on beside the storm: bad weather, somebody who follows every feed, and somebody who times how soon the work of the dead goes on. */
import { COMMIT } from '../support/tcp-fault-proxy.ts'
import type { FeedEntry } from './checker.ts'
import type { Death } from './crew.ts'
import type { Account, Place } from './place.ts'
import { spellOf, type Random, type Squall } from './schedule.ts'

const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

export interface Background<T> { readonly stop: () => Promise<T> }

function background<T>(turn: () => Promise<void>, result: () => T): Background<T> {
  const stopped = new AbortController()
  const done = (async () => { while (!stopped.signal.aborted) await turn() })()
  // Told to whoever stops it.
  done.catch(() => undefined)
  return { async stop() { stopped.abort(); await done; return result() } }
}

/** So many spells for each death: where everything is slow, workers would otherwise see nothing but storms. */
const SPELLS_PER_DEATH = 2

/** One squall after the other, with Postgres restarted after every so many deaths: in good order, and by a crash, in turns. */
export function weather({ vendor, postgres }: Place, random: Random, { deaths, restartEvery }: { readonly deaths: readonly Death[]; readonly restartEvery: number }): Background<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {}
  let spells = 0
  let restarts = 0
  const blow: Readonly<Record<Squall, () => void>> = {
    'calm': () => undefined,
    'vendor slow': () => vendor.proxy.weather({ latencyMs: 40, jitterMs: 80 }),
    'vendor reset': () => { vendor.proxy.reset(0.7) },
    'vendor cut': () => vendor.proxy.weather({ limitBytes: 3_000 }),
    'vendor down': () => { vendor.proxy.weather({ down: true }); vendor.proxy.reset() },
    'postgres slow': () => postgres.proxy.weather({ latencyMs: 3, jitterMs: 12 }),
    'postgres reset': () => { postgres.proxy.reset(0.5) },
    'commit unsent': () => postgres.proxy.cutAt(COMMIT, 'before', 3),
    'commit unanswered': () => postgres.proxy.cutAt(COMMIT, 'after', 3),
    'postgres cut': () => postgres.proxy.weather({ limitBytes: 60_000 }),
  }
  return background(async () => {
    if (deaths.length >= (restarts + 1) * restartEvery) {
      const how = restarts++ % 2 === 0 ? 'fast' : 'crash'
      await postgres.restart(how)
      const name = how === 'fast' ? 'postgres restarted' : 'postgres crashed'
      counts[name] = (counts[name] ?? 0) + 1
    }
    if (spells >= (deaths.length + 1) * SPELLS_PER_DEATH) return sleep(50)
    spells++
    const { squall, ms } = spellOf(random)
    counts[squall] = (counts[squall] ?? 0) + 1
    blow[squall]()
    await sleep(ms)
    vendor.proxy.calm()
    postgres.proxy.calm()
  }, () => ({ ...counts, ...Object.fromEntries(Object.entries(postgres.proxy.counts).map(([name, count]) => [`postgres ${name}`, count])), ...Object.fromEntries(Object.entries(vendor.proxy.counts).filter(([name]) => !name.startsWith('cut')).map(([name, count]) => [`vendor ${name}`, count])) }))
}

interface FeedPage { readonly next: string; readonly has_more: boolean; readonly results: FeedEntry[] }

/** Reads a feed as a customer does: keeps the cursor, and asks for what is behind it. */
export function follower({ api, token }: Account): Background<FeedEntry[]> & { readonly entries: readonly FeedEntry[]; readonly toHead: () => Promise<void> } {
  const entries: FeedEntry[] = []
  let after: string | null = null
  const turn = async (): Promise<boolean> => {
    const { status, body } = await api.ask('GET', `/api/v1/changes?page_size=500${after === null ? '' : `&after=${encodeURIComponent(after)}`}`, { token })
    // Postgres is away for a moment; a cursor that is refused is no moment.
    if (status >= 500) { await sleep(300); return true }
    if (status !== 200) throw new Error(`the feed answers ${status} ${JSON.stringify(body)}`)
    const page = body as unknown as FeedPage
    entries.push(...page.results)
    after = page.next
    return page.has_more
  }
  return { entries, toHead: async () => { while (await turn()) { /* on */ } }, ...background(async () => { await turn(); await sleep(1_000) }, () => entries) }
}

/** Asks for complete reads now and then, as customers do who do not trust the schedule. */
export const impatience = (accounts: readonly Account[], random: Random): Background<number> => {
  let asked = 0
  return background(async () => {
    const { api, token } = accounts[Math.floor(random() * accounts.length)]!
    const { status } = await api.ask('POST', '/api/ticketing/v1/sync-status/resync', { token, body: { kind: random() < 0.7 ? 'full' : 'incremental' } })
    if (status === 200) asked++
    await sleep(800 + random() * 1_200)
  }, () => asked)
}

export interface Recoveries { readonly seconds: readonly number[]; readonly open: number }

/** How long after a death somebody else has what the dead held. What is not due then, nobody takes; that says nothing. */
export function stopwatch({ postgres }: Place, deaths: readonly Death[]): Background<Recoveries> & { readonly waiting: () => number } {
  const seconds: number[] = []
  let orphans: { readonly key: string; readonly epoch: number; readonly at: number }[] = []
  let seen = 0
  const turn = async (): Promise<void> => {
    for (; seen < deaths.length; seen++) {
      const { at, held, signal } = deaths[seen]!
      if (signal !== 'SIGTERM') orphans.push(...held.map(({ linkedAccountId, model, epoch }) => ({ key: `${linkedAccountId} ${model}`, epoch, at })))
    }
    if (orphans.length > 0) {
      const rows = await postgres.ask<{ key: string; epoch: string; due: boolean }>(
        `select l.linked_account_id || ' ' || l.model as key, l.epoch, s.next_run_at <= now() and coalesce(b.paused_until <= now(), true) as due
         from leases l join sync_states s using (linked_account_id, model) left join upstream_budgets b using (linked_account_id)`).catch(() => [])
      const leases = new Map(rows.map((row) => [row.key, row]))
      orphans = orphans.filter(({ key, epoch, at }) => {
        const lease = leases.get(key)
        if (lease === undefined) return true
        if (Number(lease.epoch) > epoch) { seconds.push((Date.now() - at) / 1000); return false }
        return lease.due
      })
    }
    await sleep(200)
  }
  return { waiting: () => orphans.length, ...background(turn, () => ({ seconds, open: orphans.length })) }
}
