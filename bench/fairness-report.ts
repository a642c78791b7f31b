/** The section of results: ratios first. */
import type { Allowance } from '#kit'
import type { Counted } from './fairness-vendor.ts'
import { table } from './numbers.ts'

/** Milliseconds: until each small account was done, from a change at the vendor to the feed, and of each read of a caller. */
export interface Phase { readonly burst: readonly number[]; readonly fresh: readonly number[]; readonly reads: readonly number[] }
export interface FairnessFacts {
  readonly alone: Phase; readonly beside: Phase; readonly accounts: number; readonly rows: number; readonly records: number; readonly seconds: number; readonly interval: number; readonly workers: number
  readonly perSecond: number; readonly whole: number | null; readonly allowance: Allowance; readonly counted: Counted; readonly cores: number; readonly node: string; readonly postgres: string
}

export const ROWS_PER_REQUEST = 100

const at = (numbers: readonly number[], part: number): number => { const sorted = numbers.toSorted((a, b) => a - b); return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]! }
const count = (n: number): string => n.toLocaleString('en')
const ms = (value: number): string => (value < 100 ? value.toFixed(1) : count(Math.round(value)))

export function fairnessReport({ alone, beside, accounts, rows, records, seconds, interval, workers, perSecond, whole, allowance, counted, cores, node, postgres }: FairnessFacts): string {
  const lines = [
    [`all small accounts read everything at once: until one is done`, 'burst'],
    ['a change at the vendor: until it is in the feed', 'fresh'],
    ['a caller asks for a page of 100 records', 'reads'],
  ] as const
  const cells = lines.map(([what, key]) => {
    const ratio = at(beside[key], 0.95) / at(alone[key], 0.95)
    return [what, alone[key].length, ms(at(alone[key], 0.5)), ms(at(alone[key], 0.95)), ms(at(beside[key], 0.5)), ms(at(beside[key], 0.95)), ratio.toFixed(2), key === 'reads' ? 'at most 2' : 'below 2', (key === 'reads' ? ratio <= 2 : ratio < 2) ? 'yes' : '**no**']
  })
  return `${count(accounts)} small accounts of ${count(rows)} records, alone and while one account of the same organisation reads its first ${count(records)} records. In milliseconds.

${table(['What', 'Times', 'Alone, p50', 'p95', 'Beside, p50', 'p95', 'p95 beside to alone', 'Goal', 'Reached'], cells)}

The large account read ${count(Math.round(perSecond))} records a second meanwhile${whole === null ? '' : `; all of its ${count(records)} took ${count(Math.round(whole))} s`}. How fresh small accounts are is mostly their interval (${interval} s): a change waits for half
of it on average. The first line is what they wait for one another and for the large one.

The vendor allows each of its customers ${count(allowance.count)} requests in ${allowance.perSeconds} s, and counts strictly: whatever ${allowance.perSeconds} s one looks at. It was asked ${count(counted.requests)} times, at most ${count(counted.most)} times within
such a span by one customer, and answered **${count(counted.refused)}** of them with 429 (goal: none). How fast the large account is read is what the vendor allows: ${count(Math.floor(allowance.count * ROWS_PER_REQUEST / allowance.perSeconds))} records a second at most.

- Reads come one at a time, 20 ms after each other, for ${seconds} s; changes ten a second.
- One process for the API, ${workers} for workers with four places each, one for the vendor, Postgres ${postgres}; all of them share ${cores} cores with the one that measures. Node ${node}.
- Again: \`npm run bench:fairness\`; \`-- --full\` waits until the large account is done, \`--accounts\`, \`--rows\`, \`--records\`, \`--seconds\`, \`--interval\` and \`--workers\` scale it, \`--allowed\` and \`--per\` say what the vendor allows.
`
}
