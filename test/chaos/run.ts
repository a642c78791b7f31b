import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, countsOf, type Kind, type Violation } from './checker.ts'
import { openCrew, type Death } from './crew.ts'
import { evidenceOf } from './evidence.ts'
import type { Mutation } from './ledger.ts'
import { LISTS } from './provider.ts'
import { openPlace, type Place } from './place.ts'
import { randomOf, type Aim } from './schedule.ts'
import type { Family } from './tokens.ts'
import { FENCED } from './traced.ts'
import { follower, impatience, stopwatch, weather } from './watch.ts'

export interface ChaosOptions {
  readonly kills: number
  readonly seed: number
  /** How many kills there are at the default lease, at the end. */
  readonly longLeases?: number
  readonly workers?: number
  readonly accounts?: number
  readonly aim?: Aim | null
  readonly say?: (line: string) => void
}

export interface ChaosResult {
  readonly seed: number
  /** How many kills were asked for. */
  readonly asked: number
  readonly seconds: number
  readonly deaths: readonly Death[]
  readonly mutations: readonly Mutation[]
  readonly weather: Readonly<Record<string, number>>
  readonly resyncs: number
  readonly families: readonly Family[]
  /** Seconds until somebody else had what the dead held: at the lease of two seconds, and at the default one. */
  readonly recovery: { readonly short: readonly number[]; readonly long: readonly number[]; readonly never: number }
  readonly records: number
  readonly entries: number
  readonly runs: number
  /** Zombies that found that their lease was somebody else's. */
  readonly fenced: number
  readonly violations: readonly Violation[]
  readonly counts: Readonly<Record<Kind, number>>
  /** What went wrong beside the data. */
  readonly misdeeds: readonly string[]
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
const LEASE_SECONDS = 2
const DEFAULT_LEASE_SECONDS = 30
const MUTATIONS_PER_KILL = 51
/** About what a machine with two cores kills in a second. */
const KILLS_PER_SECOND = 1.1
const SETTLE_MS = 180_000
/** What is promised. */
const RECOVERY_MS = 60_000

export async function chaos({ kills, seed, longLeases = 3, workers = 4, accounts: count = 6, aim = null, say = () => undefined }: ChaosOptions): Promise<ChaosResult> {
  const began = performance.now()
  const random = randomOf(seed)
  const place = await openPlace({ seed, accounts: Array.from({ length: count }, (_, n) => `customer-${n + 1}`), random: randomOf(seed + 2) })
  try {
    const { accounts, vendor } = place
    const wanted = Math.max(1, Math.ceil(kills * MUTATIONS_PER_KILL))
    vendor.order({ perSecond: MUTATIONS_PER_KILL * KILLS_PER_SECOND, hostile: true, until: MUTATIONS_PER_KILL })
    const followers = accounts.map((account) => follower(account))
    const impatient = impatience(accounts, randomOf(seed + 3))
    const crew = openCrew(place, LEASE_SECONDS, random, aim)
    // One stays alive: that the work of the dead goes on is promised where somebody is there to do it.
    await crew.staff(1)
    const storm = weather(place, randomOf(seed + 4), { deaths: crew.deaths, restartEvery: Math.max(8, Math.ceil(kills / 15)) })
    const watch = stopwatch(place, crew.deaths)
    const progress = setInterval(() => say(`${Math.round((performance.now() - began) / 1000)} s: ${crew.deaths.length} of ${kills} kills`), 15_000)
    // The vendor's changes go on as long as the kills do: who is quicker waits for the other.
    const pace = setInterval(() => vendor.order({ until: Math.min(wanted, (crew.deaths.length + 4) * MUTATIONS_PER_KILL) }), 500)
    await crew.storm(kills, workers).finally(() => { clearInterval(progress); clearInterval(pace) })
    vendor.order({ perSecond: 400, until: wanted })
    while (await vendor.count() < wanted) await sleep(200)
    const blown = await storm.stop()
    const resyncs = await impatient.stop()
    vendor.order({ hostile: false })
    say(`the storm is over after ${Math.round((performance.now() - began) / 1000)} s; the last of the dead are waited for`)
    await until(() => watch.waiting() === 0, RECOVERY_MS)
    const short = await watch.stop()
    await crew.dismiss()

    const slow = openCrew(place, DEFAULT_LEASE_SECONDS, random)
    const slowWatch = stopwatch(place, slow.deaths)
    await slow.staff(longLeases + 1)
    if (longLeases > 0) say(`${longLeases} kills at the default lease`)
    for (let n = 0; n < longLeases; n++) {
      await resync(place)
      if (!await until(async () => (await slow.strike()) !== null, SETTLE_MS)) throw new Error('nobody works at the default lease')
    }
    await sleep(500)
    await until(() => slowWatch.waiting() === 0, 2 * RECOVERY_MS)
    const long = await slowWatch.stop()
    say('everything is read once more, in peace')
    await settle(place)
    await slow.dismiss()

    const followed = await Promise.all(followers.map(async (one) => { const entries = await one.stop(); await one.toHead(); return entries }))
    const [mutations, families] = [await vendor.ledger(), await vendor.families()]
    const evidence = await Promise.all(accounts.map((account, at) => evidenceOf(place, account, followed[at]!)))
    const violations = check(mutations, families, evidence)
    return {
      seed, asked: kills, seconds: (performance.now() - began) / 1000, deaths: [...crew.deaths, ...slow.deaths], mutations: mutations.slice(accounts.length * LISTS.length * 300), weather: blown, resyncs, families,
      recovery: { short: short.seconds, long: long.seconds, never: short.open + long.open },
      records: evidence.reduce((sum, { stored }) => sum + stored.length, 0), entries: evidence.reduce((sum, { feed }) => sum + feed.length, 0), runs: evidence.reduce((sum, { runs }) => sum + runs.size, 0),
      fenced: globSync('*.log', { cwd: place.folder }).reduce((sum, file) => sum + readFileSync(join(place.folder, file), 'utf8').split(FENCED).length - 1, 0),
      violations, counts: countsOf(violations), misdeeds: [...crew.misdeeds, ...slow.misdeeds],
    }
  } finally {
    await place.close()
  }
}

async function until(holds: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(50)) if (await holds()) return true
  return false
}

async function resync({ accounts }: Place): Promise<void> {
  for (const { api, token } of accounts) {
    const { status, body } = await api.ask('POST', '/api/ticketing/v1/sync-status/resync', { token, body: { kind: 'full' } })
    // Who must connect again is told of by the checker.
    if (status !== 200 && status !== 424) throw new Error(`a resync was answered ${status} ${JSON.stringify(body)}`)
  }
}

/** Nothing changes any more: each list is read completely once. */
async function settle(place: Place): Promise<void> {
  const [{ since }] = await place.postgres.ask<{ since: Date }>('select now() as since') as [{ since: Date }]
  await resync(place)
  const stale = (): Promise<unknown[]> => place.postgres.ask(
    `select from sync_states s join linked_accounts a on a.id = s.linked_account_id and a.status = 'COMPLETE' where not exists
       (select from sync_runs r where r.linked_account_id = s.linked_account_id and r.model = s.model and r.kind in ('full', 'reconcile') and r.state = 'succeeded' and r.started_at > $1)`, [since])
  if (await until(async () => (await stale()).length === 0, SETTLE_MS)) return confirmHeld(place)
  throw new Error(`not everything was read within ${SETTLE_MS / 1000} s: ${JSON.stringify(await place.postgres.ask('select model, status, next_run_at, next_kind, fault, failures from sync_states'))}`)
}

/** Where much went missing since the last complete read, the engine waits for somebody to say that it is so. */
async function confirmHeld({ accounts }: Place): Promise<void> {
  for (const { api, token } of accounts) while ((await api.ask('POST', '/api/v1/deletions/confirm', { token })).body['has_more'] === true) { /* on */ }
}
