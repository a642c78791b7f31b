/** The section of results: ratios first, for absolute figures belong to one machine on one day. */
import { median, table } from './numbers.ts'

export interface Sample {
  readonly records: number; readonly seconds: number
  /** Per record. */
  readonly nodeUs: number; readonly postgresUs: number; readonly walBytes: number; readonly logWalBytes: number
  readonly peakBytes: number
}
export interface Variant { readonly name: string; readonly samples: Sample[]; readonly turn: () => Promise<Sample> }
/** One account read as a whole, once, in a process of its own. */
export interface Large { readonly what: string; readonly sample: Sample }

export interface Facts {
  readonly model: string; readonly indexes: number; readonly pageSize: number; readonly rowBytes: number; readonly records: number; readonly rounds: number; readonly logBytes: number
  readonly cores: number; readonly node: string; readonly postgres: string; readonly large: readonly Large[]
}

const LARGEST_MB = 300
const count = (records: number): string => records.toLocaleString('en')
const cpu = ({ nodeUs, postgresUs }: Sample): number => nodeUs + postgresUs
const rate = ({ records, seconds }: Sample): number => records / seconds
const megabytes = ({ peakBytes }: Sample): number => Math.round(peakBytes / 1e6)

interface Verdict { readonly what: string; readonly value: number; readonly goal: number | null; readonly side: 'at least' | 'at most' }

function verdictsOf(variants: readonly Variant[], { large }: Facts): Verdict[] {
  const samplesOf = (name: string): readonly Sample[] => variants.find((variant) => variant.name === name)!.samples
  /** Of each round by itself: what the machine did besides met both. */
  const ratio = (name: string, beside: string, of: (sample: Sample) => number): number => median(samplesOf(name).map((sample, round) => of(sample) / of(samplesOf(beside)[round]!)))
  const faster = (name: string, beside: string): number => ratio(name, beside, rate)
  return [
    { what: 'a first sync, in records per second against COPY', value: faster('initial', 'COPY'), goal: 0.45, side: 'at least' },
    { what: 'the same in CPU', value: 1 / ratio('initial', 'COPY', cpu), goal: null, side: 'at least' },
    { what: 'an unchanged account read again, against COPY', value: faster('unchanged', 'COPY'), goal: 1.8, side: 'at least' },
    { what: 'its WAL in bytes per record, beside the rows of the request log', value: median(samplesOf('unchanged').map(({ walBytes }) => walBytes)), goal: 5, side: 'at most' },
    { what: 'an account of which 1 % has changed, against COPY', value: faster('1 % changed', 'COPY'), goal: 1.2, side: 'at least' },
    { what: 'CPU of one request in the log, in microseconds', value: median(samplesOf('upstream logs').map(cpu)), goal: 150, side: 'at most' },
    ...[2, 4].flatMap((processes): Verdict[] => [
      { what: `CPU per record, ${processes} processes against one`, value: ratio(`initial, ${processes} processes`, 'initial', cpu), goal: 1.15, side: 'at most' },
      { what: `records per second, ${processes} processes against one`, value: faster(`initial, ${processes} processes`, 'initial'), goal: null, side: 'at least' },
    ]),
    ...large.map(({ what, sample }): Verdict => ({ what: `memory of the process (MB): ${what}`, value: megabytes(sample), goal: LARGEST_MB, side: 'at most' })),
  ]
}

export function report(variants: readonly Variant[], facts: Facts): string {
  const reached = ({ value, goal, side }: Verdict): string => (goal === null ? '' : (side === 'at least' ? value >= goal : value <= goal) ? 'yes' : '**no**')
  const shown = (value: number): string => (value >= 20 ? String(Math.round(value)) : value.toFixed(2))
  const medianOf = (samples: readonly Sample[], of: (sample: Sample) => number): number => median(samples.map(of))

  return `What a sync costs, against the least that storing the same rows could cost: COPY from files on the server, by the owner of the tables, into the same
tables with the same indexes (records, the vendor's payloads, the change feed), empty before. The product does the whole work: it asks a vendor in another process over
loopback, page by page; authorises, limits and logs each request; parses and checks the answer; hashes, maps and compares every row; and commits each page with its feed,
its manifest and its place, under row-level security. Postgres makes every commit durable.

Every figure is the median of ${facts.rounds} rounds; in a round each variant has one turn, in random order. CPU is that of the syncing processes and of all of Postgres, per record.
Before an unchanged account is read again, its tables are vacuumed and analysed, as autovacuum does some minutes after a sync.

### Ratios

${table(['What', 'Figure', 'Goal', 'Reached'], verdictsOf(variants, facts).map((verdict) => [verdict.what, shown(verdict.value), verdict.goal === null ? '' : `${verdict.side} ${verdict.goal}`, reached(verdict)]))}

### CPU per record, in microseconds, and WAL per record, in bytes

${table(['Variant', 'Node', 'Postgres', 'Together', 'WAL', 'WAL of the request log', 'Records per second'], variants.map(({ name, samples }) => [
    name, ...[(sample: Sample) => sample.nodeUs, (sample: Sample) => sample.postgresUs, cpu].map((of) => medianOf(samples, of).toFixed(1)),
    ...[(sample: Sample) => sample.walBytes, (sample: Sample) => sample.logWalBytes].map((of) => medianOf(samples, of).toFixed(1)), count(Math.round(medianOf(samples, rate))),
  ]))}

Under \`upstream logs\` a record is a request. Rates are no more than an illustration: vendor, workers and database share ${facts.cores} cores.
${facts.large.length === 0 ? '' : `
### One large account

${table(['What', 'Records per second', 'Node', 'Postgres', 'WAL', 'Most memory of the process, MB'], facts.large.map(({ what, sample }) => [
    what, count(Math.round(rate(sample))), sample.nodeUs.toFixed(1), sample.postgresUs.toFixed(1), sample.walBytes.toFixed(1), megabytes(sample)]))}
`}
### How it was run

- \`${facts.model}\`, every field filled, ${facts.indexes} indexes: ${count(facts.records)} records of ${count(facts.rowBytes)} bytes in one account, pages of ${facts.pageSize}. Several processes: an account and as many records for each.
- A request in the log has an answer of ${count(facts.logBytes)} bytes, each another; a hundred are written together, as where many accounts are read at once.
- ${facts.cores} cores, Node ${facts.node}, Postgres ${facts.postgres}, every commit flushed; no checkpoint and no autovacuum within a turn.
- Again: \`npm run bench:sync\`, or \`npm run bench:sync -- --large 1000000\` with one account of a million records besides. \`--profile DIRECTORY\` keeps CPU profiles of the workers.
`
}
