import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The user that the Postgres programs run as, where that is not our own. */
export interface RunAs { readonly uid: number; readonly gid: number }

export interface Outcome { readonly code: number | null; readonly output: string; readonly error: Error | null }

/** What Postgres programs may see of our environment: no PG* variable of the caller redirects them, and messages are English. */
export const cleanEnv: NodeJS.ProcessEnv = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }

/** Runs a program to its end. Never throws: a program that cannot be started is an outcome too. */
export function run(command: string, args: readonly string[], runAs: RunAs | null): Promise<Outcome> {
  return new Promise((done) => {
    let output = ''
    try {
      const child = spawn(command, args, { ...runAs, cwd: '/', env: cleanEnv, stdio: ['ignore', 'pipe', 'pipe'] })
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString() })
      child.on('error', (error) => { done({ code: null, output, error }) })
      child.on('close', (code) => { done({ code, output, error: null }) })
    } catch (error) {
      done({ code: null, output, error: error as Error })
    }
  })
}

/** A process as it can be told from a later one with the same number: its start time, where the system shows it. */
export function startTime(pid: number): string {
  try {
    // The name (field 2) may contain anything, also parentheses; after the last one come state (0) and start time (19).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
    return fields[0] === 'Z' ? 'zombie' : fields[19] ?? ''
  } catch {
    return ''
  }
}

/** Whether this process is still running; `started` empty means that its start time was not known. */
export function isAlive(pid: number, started = ''): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const now = startTime(pid)
  return now !== 'zombie' && (started === '' || now === '' || now === started)
}

/** One line that `parseOwner` reads back. */
export const ownerLine = (): string => `${process.pid} ${startTime(process.pid)}`

/** Whether the process that wrote this line still lives. */
export function ownerIsAlive(line: string): boolean {
  const [pid, started] = line.trim().split(' ')
  return /^\d+$/.test(pid ?? '') && isAlive(Number(pid), started ?? '')
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
