// What mapping costs: CPU per record, over the fixtures of every resource. Writes its section of docs/benchmarks.md.
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import type { AnyProvider, AnyResource, MapContext } from '#kit'
import { providers } from '#providers'
import { mapRow } from '../src/sync/map.ts'
import { answeredFields, FIXTURE_BASE_URL, fixturesOf, rowsOf, type Fixture } from '../test/conformance/fixture.ts'
import { median, table } from './numbers.ts'
import { writeSection } from './page.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, ms: { type: 'string', default: '60' }, out: { type: 'string', default: new URL('../docs/benchmarks.md', import.meta.url).pathname } } })
const GOAL_US = 3

/** Microseconds of CPU that one call takes, over so many of them that the clock's grain is lost. */
function cpuOf(calls: number, once: () => void): number {
  let times = 0
  const from = process.cpuUsage()
  for (const until = performance.now() + Number(values.ms); performance.now() < until; times += 1) once()
  const { user, system } = process.cpuUsage(from)
  return (user + system) / (times * calls)
}

interface Measured { readonly name: string; readonly fields: number; readonly rows: number; readonly functions: number[]; readonly whole: number[] }
interface Turn { readonly measured: Measured; readonly take: () => readonly [number, number] }

async function turnOf(slug: string, resource: AnyResource, fixture: Fixture): Promise<Turn> {
  const rows = await rowsOf(resource, fixture)
  const setup = fixture.setup ?? {}
  const readers = answeredFields(resource).map(([, read]) => read)
  const context: MapContext = { baseUrl: FIXTURE_BASE_URL, setup }
  let kept: unknown
  const functions = (): void => { for (const row of rows) for (const read of readers) kept = read(row, context) }
  const whole = (): void => { for (const row of rows) kept = mapRow(resource, row, { linkedAccountId: '00000000-0000-8000-8000-000000000001', baseUrl: FIXTURE_BASE_URL, setup }) }
  return {
    measured: { name: `${slug} ${resource.model.id as string}`, fields: readers.length, rows: rows.length, functions: [], whole: [] },
    take: () => { const taken = [cpuOf(rows.length, functions), cpuOf(rows.length, whole)] as const; if (kept === undefined) throw new Error(`${slug}: nothing was mapped`); return taken },
  }
}

const turns: Turn[] = []
for (const provider of providers as readonly AnyProvider[]) {
  for (const fixture of fixturesOf('providers/', provider.slug)) {
    const resource = provider.resources.find(({ model }) => model.id === fixture.model)
    if (resource !== undefined) turns.push(await turnOf(provider.slug, resource, fixture))
  }
}
// The first round warms the compilers, and is thrown away.
for (let round = 0; round <= Number(values.rounds); round += 1) {
  for (const { measured, take } of turns.toSorted(() => Math.random() - 0.5)) {
    const [functions, whole] = take()
    if (round > 0) { measured.functions.push(functions); measured.whole.push(whole) }
  }
  console.error(`round ${round} of ${values.rounds}`)
}

const results = turns.map(({ measured: { functions, whole, ...rest } }) => ({ ...rest, functions: median(functions), whole: median(whole) }))
const [functions, whole] = [median(results.map((one) => one.functions)), median(results.map((one) => one.whole))]
const dearest = results.toSorted((a, b) => b.functions - a.functions)[0]!
const reached = (value: number): string => (value <= GOAL_US ? 'yes' : '**no**')

writeSection(values.out, 'Mapping', `What it costs to make a record of a vendor's row, in microseconds of CPU of one process, garbage collection included. The adapter's functions are what
its author writes; the whole is what a sync does with each row: the functions, every value checked against the model, relations made into our ids,
sensitive values put aside, the finished text. Rows are those of the fixtures, over and over; each figure is the median of ${values.rounds} rounds in random order.

${table(['What', 'Microseconds', 'Goal', 'Reached'], [
  ['the adapter\'s functions, median over all resources', functions.toFixed(2), `at most ${GOAL_US}`, reached(functions)],
  [`the adapter's functions, dearest resource (${dearest.name})`, dearest.functions.toFixed(2), `at most ${GOAL_US}`, reached(dearest.functions)],
  ['the whole, median over all resources', whole.toFixed(2), '', ''],
])}

${table(['Resource', 'Fields', 'Rows', 'Functions', 'Whole'], results.map((one) => [one.name, one.fields, one.rows, one.functions.toFixed(2), one.whole.toFixed(2)]))}

${availableParallelism()} cores, Node ${process.version}. Again: \`npm run bench:map\`.
`)
console.log(`functions ${functions.toFixed(2)} µs, whole ${whole.toFixed(2)} µs (medians over ${results.length} resources); dearest functions ${dearest.functions.toFixed(2)} µs (${dearest.name})`)
