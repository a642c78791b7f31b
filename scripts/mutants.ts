// Takes guards away, one at a time, in a copy of the tree, and runs the test that is there to notice. A green that cannot go
// red is no test: every mutant must make a test of its row fail, and that test must pass without it.
//   npm run test:mutants                       all of them
//   npm run test:mutants -- --row F57 --row T64  those of some rows, or promises
//   npm run test:mutants -- --from 75 --to 91  those of these numbers, as a run that was broken off left them
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mutants, type Mutant } from '../test/mutants/index.ts'
import { rowsOf, type Report } from './rows/coverage.ts'

const { values: { row: wanted = [], from, to } } = parseArgs({ options: { row: { type: 'string', multiple: true }, from: { type: 'string', default: '1' }, to: { type: 'string', default: String(mutants.length) } } })
const nameOf = ({ row, promise }: Mutant): string => row ?? promise
const unknown = wanted.filter((name) => !mutants.some((mutant) => nameOf(mutant) === name))
if (unknown.length > 0) {
  console.error(`No mutant takes the guard of ${unknown.join(', ')} away. There are: ${[...new Set(mutants.map(nameOf))].join(', ')}.`)
  process.exit(1)
}
const chosen = mutants.map((mutant, at) => ({ mutant, number: at + 1 })).filter(({ mutant, number }) => number >= Number(from) && number <= Number(to) && (wanted.length === 0 || wanted.includes(nameOf(mutant))))
if (chosen.length === 0) {
  console.error(`There are ${mutants.length} mutants; none of those from ${from} to ${to} was asked for.`)
  process.exit(1)
}

const root = new URL('..', import.meta.url).pathname
const copy = mkdtempSync(join(tmpdir(), 'intermodal-mutants-'))
chmodSync(copy, 0o755)
const report = join(copy, 'reports', 'vitest.json')

/** How the tests of a row, or of a promise, went: null where there are none, or none ran. */
function outcome({ test, row, promise }: Mutant): 'green' | 'red' | null {
  rmSync(report, { force: true })
  spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', test, '--testNamePattern', row === undefined ? RegExp.escape(promise) : `(^|\\s)${row}\\b`, '--reporter=json'], { cwd: copy, stdio: 'ignore', env: process.env })
  if (!existsSync(report)) return null
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
  const states = testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ ancestorTitles, title }) => (row === undefined ? title.includes(promise) : [...ancestorTitles, title].flatMap(rowsOf).includes(row))).map(({ status }) => status).filter((status) => status === 'passed' || status === 'failed')
  return states.length === 0 ? null : states.includes('failed') ? 'red' : 'green'
}

function judge(mutant: Mutant, baseline: Map<string, 'green' | 'red' | null>): string | null {
  const key = `${mutant.test} ${nameOf(mutant)}`
  if (!baseline.has(key)) baseline.set(key, outcome(mutant))
  const before = baseline.get(key)
  if (before !== 'green') return before === null ? `no test of ${nameOf(mutant)} ran in ${mutant.test}` : `the test of ${nameOf(mutant)} fails without the mutant`
  const path = join(copy, mutant.file)
  const text = readFileSync(path, 'utf8')
  if (text.split(mutant.find).length !== 2) return `${JSON.stringify(mutant.find)} is not there exactly once`
  writeFileSync(path, text.replace(mutant.find, () => mutant.replace))
  try {
    const after = outcome(mutant)
    return after === 'red' ? null : after === null ? 'the mutant does not run, which proves nothing' : 'nobody noticed'
  } finally {
    writeFileSync(path, text)
  }
}

let survived = 0
try {
  for (const name of ['common-models', 'migrations', 'providers', 'scripts', 'src', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts']) cpSync(join(root, name), join(copy, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  const baseline = new Map<string, 'green' | 'red' | null>()
  for (const { mutant, number } of chosen) {
    const started = performance.now()
    const trouble = judge(mutant, baseline)
    if (trouble !== null) survived += 1
    console.log(`${String(number).padStart(3)} ${trouble === null ? 'caught  ' : 'SURVIVED'} ${(mutant.row ?? '').padEnd(4)} ${mutant.what}${trouble === null ? '' : `: ${trouble}`} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
console.log(`${chosen.length - survived} caught, ${survived} survived`)
process.exitCode = survived === 0 ? 0 : 1
