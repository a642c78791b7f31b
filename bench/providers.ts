// What many providers cost: types and conformance of 100 invented ones against those of 10. Only ratios are kept, in its section of docs/benchmarks.md.
import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { answeredProvider } from '../test/support/answered-provider.ts'
import { CONFORMANCE_ONLY, copyTree, TSC, VITEST } from '../test/support/tree-copy.ts'
import { endedChildrenCpu } from './cpu.ts'
import { table } from './numbers.ts'
import { writeSection } from './page.ts'

const { values } = parseArgs({ options: { few: { type: 'string', default: '10' }, many: { type: 'string', default: '100' }, out: { type: 'string', default: new URL('../docs/benchmarks.md', import.meta.url).pathname } } })
const [few, many] = [Number(values.few), Number(values.many)]
const GOAL = (12 / 10) * (many / few)

interface Cost { readonly providers: number; readonly types: number; readonly conformance: number; readonly tests: number }

/** Seconds of CPU, the programs' own children included: what else the machine does is not counted. */
function cpuOf(run: () => { readonly status: number | null; readonly output: string }): number {
  const before = endedChildrenCpu()
  const { status, output } = run()
  if (status !== 0) throw new Error(output.slice(-3000))
  return (endedChildrenCpu() - before) / 1e6
}

function costOf(providers: number): Cost {
  const copy = copyTree()
  try {
    for (const entry of readdirSync(join(copy.folder, 'providers'), { withFileTypes: true })) if (entry.isDirectory()) rmSync(join(copy.folder, 'providers', entry.name), { recursive: true })
    for (const name of ['coverage', 'new-provider']) rmSync(join(copy.folder, `test/conformance/${name}.test.ts`))
    copy.write({ 'tsconfig.providers.json': JSON.stringify({ extends: './tsconfig.json', include: ['providers'] }), 'vitest.config.ts': CONFORMANCE_ONLY })
    for (let n = 1; n <= providers; n += 1) copy.write(answeredProvider(`acme-${n}`, `Acme ${n}`).files)
    const generated = copy.run('scripts/generate.ts')
    if (generated.status !== 0) throw new Error(generated.output)
    const types = cpuOf(() => copy.run(TSC, '--project', 'tsconfig.providers.json'))
    const conformance = cpuOf(() => copy.run(VITEST, 'run', 'test/conformance', '--update'))
    const { numPassedTests: tests } = JSON.parse(readFileSync(join(copy.folder, 'reports/vitest.json'), 'utf8')) as { numPassedTests: number }
    console.error(`${providers} providers: types ${types.toFixed(1)} s, conformance ${conformance.toFixed(1)} s of CPU for ${tests} tests`)
    return { providers, types, conformance, tests }
  } finally {
    copy.remove()
  }
}

// One, to know what there is to pay besides: a suite over none at all is no suite.
const [one, small, large] = [costOf(1), costOf(few), costOf(many)]
const ratio = (of: (cost: Cost) => number): number => of(large) / of(small)
const own = (of: (cost: Cost) => number): number => (of(large) - of(one)) / (of(small) - of(one))
const together = ({ types, conformance }: Cost): number => types + conformance
const verdict = (value: number): readonly string[] => [value.toFixed(2), `at most ${GOAL}`, value <= GOAL ? 'yes' : '**no**']
const text = `${many} invented providers against ${few}, each scaffolded by \`npm run new-provider\` with one resource and answered alike: CPU of the compiler over all of
\`providers/\`, and of the whole conformance suite (${large.tests.toLocaleString('en')} tests against ${small.tests.toLocaleString('en')}). The last column leaves out what
the first of them costs, and with it all that is paid besides; ${(many - 1) / (few - 1)} there is a straight line.

${table(['What', 'Ratio', 'Goal', 'Reached', 'Without the first'], [
  ['types', ...verdict(ratio((cost) => cost.types)), own((cost) => cost.types).toFixed(2)],
  ['conformance', ...verdict(ratio((cost) => cost.conformance)), own((cost) => cost.conformance).toFixed(2)],
  ['together', ...verdict(ratio(together)), own(together).toFixed(2)],
])}

Again: \`npm run bench:providers\`.
`
writeSection(values.out, 'Many providers', text)
console.log(text)
