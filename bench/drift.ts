// What learning shapes costs: CPU per payload that is looked at, and per record of a page. `npm run bench:drift`
import { globSync, readFileSync } from 'node:fs'
import { emptyShape, observe } from '#src/drift/shape'

const ROUNDS = 20_000
const PAGE = 100
const LOOKED_AT = 5

for (const file of globSync('providers/*/fixtures/*.json').sort()) {
  const { model, exchanges } = JSON.parse(readFileSync(file, 'utf8')) as { model: string; exchanges: { response: { body: unknown } }[] }
  const list = Object.values(exchanges[0]?.response.body ?? {}).find((value): value is unknown[] => Array.isArray(value) && typeof value[0] === 'object')
  if (list === undefined) continue
  const payloads = list.map((row) => JSON.stringify(row))
  const shape = emptyShape()
  const round = (times: number): void => { for (let n = 0; n < times; n += 1) observe(shape, JSON.parse(payloads[n % payloads.length]!), true) }
  round(ROUNDS)
  const before = process.cpuUsage()
  round(ROUNDS)
  const { user, system } = process.cpuUsage(before)
  const each = (user + system) / ROUNDS
  console.log(`${file.split('/')[1]} ${model}: ${Math.round(payloads.join('').length / payloads.length)} bytes, ${each.toFixed(1)} µs per payload looked at, ${((each * LOOKED_AT) / PAGE).toFixed(2)} µs per record of a page of ${PAGE}; the shape has ${JSON.stringify(shape).length} bytes`)
}
