/** Where a worker's slices are, in a file that survives it: after a SIGKILL it still says where each of them stood. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { POINTS, type Fate, type Point } from './schedule.ts'

const SLOTS = 64
const WIDTH = 160

export interface Standing { readonly linkedAccountId: string; readonly model: string; readonly epoch: number; readonly point: Point; readonly fated: boolean }

interface Slot { readonly linkedAccountId: string; readonly model: string; epoch: number }

export interface Tracer {
  readonly slotOf: (linkedAccountId: string, model: string) => Slot
  /** The slice is here now; null: it has ended. */
  readonly reach: (slot: Slot, point: Point | null) => void
  readonly fate: (fate: Fate | null) => void
}

/** Writes points, and raises its own process's signal when it gets where its fate waits. */
export function openTracer(file: string): Tracer {
  const fd = openSync(file, 'w')
  const slots = new Map<string, Slot & { readonly at: number }>()
  let waiting: { readonly fate: Fate; visits: number } | null = null
  const note = (slot: Slot, at: number, point: Point | null): void => {
    writeSync(fd, (point === null ? '' : `${slot.linkedAccountId} ${slot.model} ${slot.epoch} ${POINTS.indexOf(point)}`).padEnd(WIDTH), at * WIDTH)
  }
  return {
    slotOf(linkedAccountId, model) {
      const key = `${linkedAccountId} ${model}`
      let slot = slots.get(key)
      if (slot === undefined) {
        if (slots.size >= SLOTS) throw new Error('too many models of accounts for the tracer')
        slots.set(key, slot = { linkedAccountId, model, epoch: 0, at: slots.size + 1 })
      }
      return slot
    },
    reach(given, point) {
      const slot = given as Slot & { readonly at: number }
      note(slot, slot.at, point)
      const { fate } = waiting ?? {}
      if (waiting === null || point === null || fate === undefined || !('point' in fate.at) || fate.at.point !== point || ++waiting.visits < fate.at.visit) return
      waiting = null
      // The first line of the file is for the slice that met its fate.
      note(slot, 0, point)
      if (fate.at.soon) setImmediate(() => process.kill(process.pid, fate.signal))
      else process.kill(process.pid, fate.signal)
    },
    fate(fate) { waiting = fate === null ? null : { fate, visits: 0 } },
  }
}

/** What the file of a worker says, dead or alive. */
export function standings(file: string): Standing[] {
  let text: string
  try { text = readFileSync(file, 'latin1') } catch { return [] }
  return Array.from({ length: Math.ceil(text.length / WIDTH) }, (_, n) => ({ line: text.slice(n * WIDTH, (n + 1) * WIDTH).replaceAll('\0', ' ').trim(), fated: n === 0 })).filter(({ line }) => line !== '').map(({ line, fated }) => {
    const [linkedAccountId, model, epoch, point] = line.split(' ')
    return { linkedAccountId: linkedAccountId!, model: model!, epoch: Number(epoch), point: POINTS[Number(point)]!, fated }
  })
}

/** An empty file, so that nothing is read of an earlier worker. */
export const clearPoints = (file: string): void => closeSync(openSync(file, 'w'))
