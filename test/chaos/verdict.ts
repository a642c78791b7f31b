import { KINDS } from './checker.ts'
import type { ChaosResult } from './run.ts'
import { POINTS } from './schedule.ts'

const RECOVERY_SECONDS = 60
const HELD_SHARE = 0.7

export const heldShare = ({ deaths }: ChaosResult): number => deaths.filter(({ held }) => held.length > 0).length / Math.max(1, deaths.length)
export const percentile = (values: readonly number[], share: number): number => values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0
const count = (value: number): string => value.toLocaleString('en')
export const bySignal = ({ deaths }: ChaosResult): string => (['SIGKILL', 'SIGSTOP', 'SIGTERM'] as const).map((signal) => `${count(deaths.filter((death) => death.signal === signal).length)} ${signal === 'SIGSTOP' ? 'SIGSTOP and SIGCONT' : signal}`).join(', ')
export const deletions = ({ mutations }: ChaosResult): number => mutations.filter(({ deed }) => deed === 'deleted').length
export const sum = (result: ChaosResult, ...names: readonly string[]): number => names.reduce((total, name) => total + (result.weather[name] ?? 0), 0)

export const renewals = ({ families }: ChaosResult): number => families.reduce((total, { refreshes, repeats }) => total + refreshes + repeats, 0)

/** Why a run does not hold; empty where it does. */
export function complaints(result: ChaosResult): string[] {
  const { violations, misdeeds, recovery } = result
  const slowest = Math.max(0, ...recovery.short, ...recovery.long)
  return [
    ...violations.map(({ kind, what }) => `${kind}: ${what}`), ...misdeeds,
    ...(recovery.never > 0 ? [`the work of the dead was not taken up ${recovery.never} times`] : []),
    ...(slowest > RECOVERY_SECONDS ? [`the work of the dead went on after ${slowest.toFixed(1)} s`] : []),
    ...(heldShare(result) < HELD_SHARE ? [`only ${Math.round(heldShare(result) * 100)} % of the kills met somebody who held a lease`] : []),
    ...(deletions(result) < result.mutations.length / 10 ? [`only ${deletions(result)} of ${result.mutations.length} mutations were deletions`] : []),
  ]
}

/** How many kills met which point of the code. */
export function histogram({ deaths }: ChaosResult): { readonly point: string; readonly kills: number }[] {
  return [...POINTS, 'idle' as const].map((point) => ({ point, kills: deaths.filter((death) => death.point === point).length }))
}

export function drawn(result: ChaosResult): string {
  const rows = histogram(result)
  const most = Math.max(1, ...rows.map(({ kills }) => kills))
  return rows.map(({ point, kills }) => `  ${point.padEnd(14)} ${String(kills).padStart(5)} ${'#'.repeat(Math.round((kills / most) * 50))}`).join('\n')
}

/** One line: what was done, and what came of it. */
export function verdict(result: ChaosResult): string {
  const { seed, deaths, mutations, records, entries, recovery, counts } = result
  const held = complaints(result).length === 0
  return `${held ? 'HOLDS' : 'BROKEN'}: seed ${seed}, ${count(deaths.length)} kills (${bySignal(result)}; ${Math.round(heldShare(result) * 100)} % under a lease), ${count(mutations.length)} mutations (${count(deletions(result))} deletions), `
    + `${sum(result, 'postgres restarted', 'postgres crashed')} restarts of Postgres, ${count(sum(result, 'postgres cutBefore', 'postgres cutAfter'))} commits cut, ${count(renewals(result))} tokens renewed, ${count(records)} records, ${count(entries)} entries of the feed; `
    + `recovery p99 ${percentile(recovery.short, 0.99).toFixed(1)} s${recovery.long.length > 0 ? `, at the default lease at most ${Math.max(...recovery.long).toFixed(1)} s` : ''}; ${KINDS.map((kind) => `${counts[kind]} ${kind}`).join(', ')}`
}
