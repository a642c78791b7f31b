/** Workers that come and go. Each is given a fate; what it was doing when that came is read from the file that it leaves. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { clearPoints, standings, type Standing } from './points.ts'
import { fateOf, holdsLease, type Aim, type Fate, type Point, type Random, type Signal } from './schedule.ts'
import type { Place } from './place.ts'

const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
/** Whether it came in time. */
async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const bell = new AbortController()
  try { return await Promise.race([promise.then(() => true), delay(ms, false, { signal: bell.signal })]) } finally { bell.abort() }
}
/** A point that is not reached within this is waited for no longer: the signal comes from outside. */
const PATIENCE_MS = 4_000
/** An orderly stop takes at most as long as a container's grace. */
const STOP_MS = 30_000
const START_MS = 60_000

export interface Death {
  readonly signal: Signal
  readonly at: number
  /** What it held. */
  readonly held: readonly Standing[]
  /** The point of the slice that counts: the fated one, or the first that held a lease. */
  readonly point: Point | 'idle'
}

export interface Crew {
  readonly deaths: readonly Death[]
  /** What no worker should have done. */
  readonly misdeeds: readonly string[]
  /** Lets `workers` of them live and die until so many have met their fate. */
  readonly storm: (fates: number, workers: number) => Promise<void>
  /** Workers that stay. */
  readonly staff: (workers: number) => Promise<void>
  /** Kills one of the staff that holds a lease; null: none of them does. */
  readonly strike: () => Promise<Death | null>
  readonly dismiss: () => Promise<void>
}

interface Worker { readonly child: ChildProcess; readonly points: string; readonly logFile: string; readonly gone: Promise<number | null> }

export function openCrew(place: Place, leaseSeconds: number, random: Random, aim: Aim | null = null): Crew {
  const deaths: Death[] = []
  const misdeeds: string[] = []
  const staff = new Set<Worker>()
  const leaving: Promise<void>[] = []
  let number = 0

  async function hire(tries = 20): Promise<Worker> {
    const points = join(place.folder, `points-${leaseSeconds}-${++number}`)
    clearPoints(points)
    const logFile = `${points}.log`
    const log = openSync(logFile, 'a')
    const child = fork(new URL('worker.ts', import.meta.url).pathname, ['work', points], { env: { ...place.workerEnv, INTERMODAL_LEASE_SECONDS: String(leaseSeconds) }, execArgv: [], stdio: ['ignore', log, log, 'ipc'] })
    closeSync(log)
    // One that has just ended takes no more messages; its exit says so.
    child.on('error', () => undefined)
    const gone = once(child, 'exit').then(([code]) => code as number | null)
    const worker: Worker = { child, points, logFile, gone }
    const isUp = await within(START_MS, Promise.race([once(child, 'message'), gone]))
    if (isUp && child.exitCode === null) return worker
    if (!isUp) misdeeds.push(`a worker was not up within ${START_MS / 1000} s`)
    child.kill('SIGKILL')
    await gone
    // Postgres may have been away when it began; not each time.
    if (tries === 1) throw new Error(`no worker comes up: ${lastWords(worker)}`)
    return hire(tries - 1)
  }

  const remember = (signal: Signal, worker: Worker): Death => {
    const all = standings(worker.points)
    const held = all.filter(({ point, fated }) => !fated && holdsLease(point))
    const death: Death = { signal, at: Date.now(), held, point: (all.find(({ fated }) => fated) ?? held[0])?.point ?? 'idle' }
    deaths.push(death)
    return death
  }
  const lastWords = ({ logFile }: Worker): string => readFileSync(logFile, 'utf8').trim().split('\n').slice(-25).join('\n').slice(-3000)
  const isStopped = (worker: Worker): boolean => standings(worker.points).some(({ fated }) => fated)

  /** Until the fate has struck by itself, or it is time for the signal from outside. */
  async function fulfil(worker: Worker, { signal, at }: Fate): Promise<'by itself' | 'from outside'> {
    if ('ms' in at) {
      await within(at.ms, worker.gone)
    } else {
      worker.child.send({ signal, at, stopped: 0 } satisfies Fate)
      for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(10)) {
        if (worker.child.exitCode !== null || worker.child.signalCode !== null || isStopped(worker)) {
          // A turn of the event loop later, at most.
          await sleep(at.soon ? 20 : 5)
          return 'by itself'
        }
      }
      worker.child.send('none')
    }
    // A worker with nothing to do is worth a signal, but not each time.
    const patience = random() < 0.05 ? 0 : 3_000
    for (const until = Date.now() + patience; Date.now() < until && !standings(worker.points).some(({ point }) => holdsLease(point)); await sleep(4)) { /* it takes a lease soon */ }
    worker.child.kill(signal)
    return 'from outside'
  }

  async function ended(worker: Worker): Promise<void> {
    if (await within(STOP_MS, worker.gone)) return
    misdeeds.push(`a worker that was asked to stop did not within ${STOP_MS / 1000} s: ${lastWords(worker)}`)
    worker.child.kill('SIGKILL')
    await worker.gone
  }

  async function meet(worker: Worker, fate: Fate): Promise<Worker | null> {
    await fulfil(worker, fate)
    if (fate.signal === 'SIGKILL') await worker.gone
    remember(fate.signal, worker)
    const { exitCode } = worker.child
    if (exitCode !== null && (fate.signal !== 'SIGTERM' || exitCode !== 0)) misdeeds.push(`a worker ended by itself with ${exitCode}: ${lastWords(worker)}`)
    if (fate.signal === 'SIGKILL' || exitCode !== null) return null
    if (fate.signal === 'SIGTERM') { leaving.push(ended(worker)); return null }
    await sleep(fate.stopped * leaseSeconds * 1000)
    clearPoints(worker.points)
    worker.child.kill('SIGCONT')
    // Back from the dead it works on, until its next fate.
    await sleep(100)
    return worker
  }

  return {
    deaths, misdeeds,
    async storm(fates, workers) {
      const waiting = Array.from({ length: fates }, () => fateOf(random, aim))
      await Promise.all(Array.from({ length: workers }, async (_, n) => {
        await sleep(n * 150)
        // The next one starts while this one works: most of what a kill costs is the start of a successor.
        let spare: Promise<Worker> | null = null
        let worker: Worker | null = null
        for (let fate = waiting.shift(); fate !== undefined; fate = waiting.shift()) {
          worker ??= await (spare ?? hire())
          spare = fate.signal === 'SIGSTOP' || waiting.length < workers ? null : hire()
          // Its failure is told to whoever waits for it.
          spare?.catch(() => undefined)
          worker = await meet(worker, fate)
        }
        for (const one of [worker, await spare]) if (one !== null) { one.child.kill('SIGTERM'); await ended(one) }
      }))
      await Promise.all(leaving)
    },
    async staff(workers) { for (const worker of await Promise.all(Array.from({ length: workers }, () => hire()))) staff.add(worker) },
    async strike() {
      const worker = [...staff].find(({ points }) => standings(points).some(({ point }) => holdsLease(point)))
      if (worker === undefined) return null
      staff.delete(worker)
      worker.child.kill('SIGKILL')
      await worker.gone
      return remember('SIGKILL', worker)
    },
    async dismiss() {
      for (const { child } of staff) child.kill('SIGTERM')
      await Promise.all([...staff].map(ended))
      staff.clear()
    },
  }
}
