/** A process of the product as `serve` or `work` starts it, with the hostile vendor among its providers and, where it works, somebody who notes where its slices are. */
import { constants, setPriority } from 'node:os'
import { openHouse, processLog } from '#src/cli/house'
import { startRoles } from '#src/cli/processes'
import { untilStopped } from '#src/cli/stop'
import { readConfig } from '#src/config'
import { openTracer } from './points.ts'
import { hostile } from './provider.ts'
import type { Fate } from './schedule.ts'
import { traced } from './traced.ts'

const [role, points] = process.argv.slice(2)
const config = readConfig()
// Whoever started it is gone, and nobody else would end it.
process.on('disconnect', () => process.exit(1))
const house = await openHouse(config, processLog(config.logLevel), new Map(), [hostile])
if (points === undefined) {
  const running = await startRoles(house, { api: role === 'serve', worker: role === 'work' })
  process.send?.({ up: running.origin })
  await untilStopped()
  await running.stop()
} else {
  const tracer = openTracer(points)
  process.on('message', (fate: Fate | 'none') => { tracer.fate(fate === 'none' ? null : fate) })
  const starting = startRoles({ ...house, sync: traced(house.sync, tracer) }, { api: false, worker: true })
  // Workers let everybody go before them. Here that is the vendor, the checker and whatever else runs, and who never comes to work is worth no kill. Not everybody may take it back.
  try { setPriority(constants.priority.PRIORITY_NORMAL) } catch { /* then they wait */ }
  const running = await starting
  process.send?.({ up: null })
  await untilStopped()
  await running.stop()
}
await house.close()
process.removeAllListeners('disconnect')
process.disconnect?.()
