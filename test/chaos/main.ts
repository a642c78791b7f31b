// Kills workers while they sync from a vendor that changes all the time, and then asks a checker that knows only the vendor's ledger what came of it.
//   npm run test:chaos -- --kills 1000 --seed 7     a run; the same seed is the same schedule
//   npm run test:chaos -- --mutants                 whether the checker notices known mistakes of engines
// The last line is the verdict. With --write each puts its section into docs/reliability.md.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { engineMutants, judge, type Summary } from './mutants.ts'
import { publish, publishMutants } from './page.ts'
import { chaos } from './run.ts'
import type { Aim } from './schedule.ts'
import { complaints, drawn, verdict } from './verdict.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: {
  'kills': text, 'seed': text, 'long-leases': { ...text, default: '3' }, 'workers': { ...text, default: '4' }, 'accounts': { ...text, default: '6' }, 'aim': text, 'summary': text, 'mutants': { type: 'boolean', default: false }, 'write': { type: 'boolean', default: false },
} })
function number(name: 'kills' | 'seed' | 'long-leases' | 'workers' | 'accounts', fallback = 0): number {
  const given = values[name]
  if (given === undefined) return fallback
  if (!/^\d+$/.test(given)) { console.error(`--${name} takes a number.`); process.exit(64) }
  return Number(given)
}
const seed = number('seed', Math.floor(Math.random() * 1_000_000))
const say = (line: string): void => { console.log(line) }

async function run(): Promise<boolean> {
  say(`seed ${seed}`)
  const result = await chaos({ kills: number('kills', 100), seed, longLeases: number('long-leases'), workers: number('workers'), accounts: number('accounts'), aim: values.aim === undefined ? null : JSON.parse(values.aim) as Aim, say })
  const problems = complaints(result)
  say(`\nKills by point of the code\n${drawn(result)}\n\nWeather ${JSON.stringify(result.weather)}\n${result.runs} runs, ${result.resyncs} of them asked for; ${result.fenced} times a worker found that its lease was somebody else's; ${result.seconds.toFixed(0)} s\n`)
  for (const problem of problems.slice(0, 30)) say(problem)
  if (problems.length > 30) say(`and ${problems.length - 30} more`)
  if (values.write) publish(result)
  if (values.summary !== undefined) writeFileSync(values.summary, JSON.stringify({ counts: result.counts, verdict: verdict(result) } satisfies Summary))
  say(verdict(result))
  return problems.length === 0
}

function runMutants(): boolean {
  const judged = engineMutants.map((mutant) => {
    const began = performance.now()
    const one = judge(mutant, { kills: number('kills', 40), seed, say })
    say(`${one.caught ? 'caught  ' : 'SURVIVED'} ${mutant.what}: ${JSON.stringify(one.counts)} (${((performance.now() - began) / 1000).toFixed(0)} s)`)
    return one
  })
  if (values.write) publishMutants(judged)
  say(`${judged.filter(({ caught }) => caught).length} of ${judged.length} known mistakes caught, seed ${seed}`)
  return judged.every(({ caught }) => caught)
}

const holds = values.mutants ? runMutants() : await run()
// Whatever connection of the dead is still open keeps nobody waiting for the verdict.
process.exit(holds ? 0 : 1)
