// What each vendor covers, beside what the market's API documents for it where INTERMODAL_TEST_MATERIAL has that.
//   npm run coverage                    all vendors
//   npm run coverage -- redmine --all   one, with every field that is missing and why
import { parseArgs } from 'node:util'
import { currentCoverage, material } from './coverage/files.ts'
import { lastRun, readReports } from './coverage/reports.ts'
import { compare, readYardstick, type Compared } from './coverage/yardstick.ts'

const { values: { all }, positionals } = parseArgs({ allowPositionals: true, options: { all: { type: 'boolean', default: false } } })
const { coverage, providers, proofs } = await currentCoverage()
const chosen = coverage.filter(({ slug }) => positionals.length === 0 || positionals.includes(slug))
if (chosen.length === 0) {
  console.error(`There is no vendor ${positionals.join(', ')}. There are: ${coverage.map(({ slug }) => slug).join(', ')}.`)
  process.exit(1)
}
const yardstick = readYardstick(material)
const reports = readReports()
if (yardstick === null) console.log(`Without the market's figures: ${material} has no facts/merge-coverage.json.\n`)

const share = (part: number, whole: number): string => `${part}/${whole}`
function printCompared(rows: readonly Compared[]): void {
  const count = (of: (row: Compared) => number): number => rows.reduce((sum, row) => sum + of(row), 0)
  for (const { operation, served, ours, theirs, missing } of rows) {
    const said = missing.filter(({ gap }) => !['not_in_api', 'not_said', 'not_shown'].includes(gap.reason))
    const open = missing.filter(({ gap }) => ['not_said', 'not_shown'].includes(gap.reason))
    console.log(`  ${served ? '+' : '-'} ${operation.padEnd(72)} ${(theirs === 0 ? '' : share(ours, theirs)).padStart(7)}${said.length === 0 ? '' : `  with a reason: ${said.length}`}${open.length === 0 ? '' : `  open: ${open.map(({ field }) => field).join(', ')}`}`)
    if (all) for (const { field, gap } of missing) console.log(`      ${field}: ${gap.reason}${gap.searched === null ? '' : ` (${gap.searched})`}`)
  }
  const missing = rows.flatMap((row) => row.missing)
  const reason = (...names: readonly string[]): number => missing.filter(({ gap }) => names.includes(gap.reason)).length
  console.log(`  operations ${share(rows.filter(({ served }) => served).length, rows.length)}, fields ${share(count((row) => row.ours), count((row) => row.theirs))}; missing: ${reason('not_in_api')} have no place in the API, ${missing.length - reason('not_in_api', 'not_said', 'not_shown')} with a reason, ${reason('not_said', 'not_shown')} open\n`)
}

for (const one of chosen) {
  const provider = providers.find(({ slug }) => slug === one.slug)!
  const fields = one.models.flatMap((model) => model.fields)
  const writes = provider.writes ?? []
  console.log(`${one.name}: ${one.models.length} models, ${fields.filter(({ missing }) => missing === null).length} fields read, ${writes.length} writes with ${writes.reduce((sum, { accepts }) => sum + (accepts as readonly string[]).length, 0)} fields`)
  console.log(`  tests of the last run: ${lastRun(one.slug, reports)}`)
  if (all || yardstick?.[one.slug] === undefined) {
    for (const { model, fields: own } of one.models) console.log(`    ${model.padEnd(32)} ${share(own.filter(({ missing }) => missing === null).length, own.length).padStart(7)}  create ${own.filter(({ create }) => create).length}, update ${own.filter(({ update }) => update).length}`)
  }
  const theirs = yardstick?.[one.slug]
  if (theirs === undefined) console.log(yardstick === null ? '' : '  The market\'s documentation does not have this vendor.\n')
  else printCompared(compare(provider, one, proofs[one.slug]!, theirs))
}
