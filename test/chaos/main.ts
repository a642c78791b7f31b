// Kills workers while they sync from a vendor that changes all the time, and then asks a checker that knows only the vendor's ledger what came of it.
//   npm run test:chaos -- --kills 1000 --seed 7     a run; the same seed is the same schedule
//   npm run test:chaos -- --mutants                 whether the checker catches known mistakes of engines
// The last line is the verdict. Both write their part of docs/reliability.md with --write.
import { parseArgs } from 'node:util'
import { chaos } from './run.ts'
import { complaints, drawn, verdict } from './verdict.ts'

const { values } = parseArgs({ options: {
  kills: { type: 'string', default: '100' }, seed: { type: 'string' }, 'long-leases': { type: 'string', default: '3' }, workers: { type: 'string', default: '3' }, mutants: { type: 'boolean', default: false }, write: { type: 'boolean', default: false },
} })
const number = (text: string, name: string): number => {
  if (!/^\d+$/.test(text)) { console.error(`--${name} takes a number.`); process.exit(64) }
  return Number(text)
}
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : number(values.seed, 'seed')
console.log(`seed ${seed}`)
const result = await chaos({ kills: number(values.kills, 'kills'), seed, longLeases: number(values['long-leases'], 'long-leases'), workers: number(values.workers, 'workers'), say: (line) => console.log(line) })
const problems = complaints(result)
console.log(`\nKills by point of the code\n${drawn(result)}\n\nWeather ${JSON.stringify(result.weather)}\n${result.runs} runs, ${result.resyncs} of them asked for; ${result.fenced} times a worker found that its lease was somebody else's; ${result.seconds.toFixed(0)} s\n`)
for (const problem of problems.slice(0, 30)) console.log(problem)
if (problems.length > 30) console.log(`and ${problems.length - 30} more`)
console.log(verdict(result))
process.exitCode = problems.length === 0 ? 0 : 1
setTimeout(() => console.error(process.getActiveResourcesInfo()), 3000)
