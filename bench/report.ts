/** The section of results: ratios first, for absolute figures belong to one machine on one day. */
import type { Sample, Variant } from './measure.ts'
import { median, table } from './numbers.ts'

export interface Facts {
  readonly model: string; readonly accounts: number; readonly pageSize: number; readonly pageBytes: number; readonly bodyBytes: number; readonly sizes: readonly number[]
  readonly rounds: number; readonly seconds: number; readonly cores: number; readonly node: string; readonly postgres: string; readonly pgbench: string | null
}

const total = ({ nodeUs, postgresUs }: Sample): number => nodeUs + postgresUs
const count = (records: number): string => records.toLocaleString('en')

export function report(variants: readonly Variant[], facts: Facts): string {
  const find = (name: string, records: number | null): Variant => variants.find((variant) => variant.name === name && variant.records === records)!
  const cpu = (name: string, records: number | null): number => median(find(name, records).samples.map(total))
  const p50 = (name: string, records: number): number => median(find(name, records).samples.map((sample) => sample.p50!))
  const [smallest, largest] = [facts.sizes[0]!, facts.sizes.at(-1)!]
  const limit = (what: string, records: number): number => cpu(`Postgres alone, ${what}`, records) + cpu(`Fastify alone, ${what}`, null)

  const worst = (of: (records: number) => number, worse: (...numbers: number[]) => number): number => worse(...facts.sizes.map(of))
  const verdicts = [
    ['CPU of a list page against its limit', worst((records) => limit('list', records) / cpu('list', records), Math.min), 0.35, 'at least'],
    ['CPU of a retrieve against its limit', worst((records) => limit('retrieve', records) / cpu('retrieve', records), Math.min), null, ''],
    [`latency of a list page, ${count(largest)} records against ${count(smallest)}`, p50('list, one at a time', largest) / p50('list, one at a time', smallest), 1.3, 'at most'],
    [`latency of a retrieve, ${count(largest)} records against ${count(smallest)}`, p50('retrieve, one at a time', largest) / p50('retrieve, one at a time', smallest), 1.3, 'at most'],
    ['how much cheaper a 304 is than its page', worst((records) => cpu('list', records) / cpu('not modified', records), Math.min), 5, 'at least'],
    ['`modified_after` against a plain list', worst((records) => cpu('modified_after', records) / cpu('list', records), Math.max), 2, 'at most'],
  ] as const
  const reached = (value: number, goal: number | null, side: string): string => (goal === null ? '' : (side === 'at least' ? value >= goal : value <= goal) ? 'yes' : '**no**')

  return `What reading costs, against the least that it could cost: the same SQL by ${facts.pgbench === null ? 'a bare client' : 'pgbench'} as the owner of the tables, without row-level
security, plus a Fastify route that answers a constant buffer of the same size. The product does the whole work: API key and
account token, row-level security, validation, cursors, entity tags, a log line for each request.

Every figure is the median of ${facts.rounds} rounds; in a round each variant runs for ${facts.seconds} s, in random order. CPU is that of the server process
and of all of Postgres, per request. Where sizes differ, the worst is shown.

### Ratios

${table(['What', 'Ratio', 'Goal', 'Reached'], verdicts.map(([what, value, goal, side]) => [what, value.toFixed(2), goal === null ? '' : `${side} ${goal}`, reached(value, goal, side)]))}

### CPU per request, in microseconds

${table(['Variant', 'Records', 'Node', 'Postgres', 'Together', 'Requests per second', 'p50 ms', 'p99 ms'], variants.map(({ name, records, samples }) => [
    name, records === null ? '' : count(records), ...[(sample: Sample) => sample.nodeUs, (sample: Sample) => sample.postgresUs, total, (sample: Sample) => sample.perSecond].map((of) => Math.round(median(samples.map(of)))),
    ...(['p50', 'p99'] as const).map((part) => (samples.some((sample) => sample[part] === null) ? '' : median(samples.map((sample) => sample[part]!)).toFixed(2))),
  ]))}

The rates are no more than an illustration: load, server and database share the machine, and other work may have run on it.

### How it was run

- \`${facts.model}\`, every field filled: ${count(facts.bodyBytes)} bytes a record, pages of ${facts.pageSize} records (${count(facts.pageBytes)} bytes), ${facts.accounts} linked accounts.
- Pages and records are asked for at random over all accounts, four requests at a time; latencies are of one at a time.
- ${facts.cores} cores, Node ${facts.node}, Postgres ${facts.postgres}${facts.pgbench === null ? '' : `, ${facts.pgbench}`}.
- Again: \`npm run bench:read\`, or \`npm run bench:read -- --full\` with a million records.
`
}
