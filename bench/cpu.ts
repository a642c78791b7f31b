/** What a process has cost so far, in microseconds of CPU: the figure that a busy machine does not change. */
import { readFileSync, readdirSync } from 'node:fs'

/** Linux counts in hundredths of a second, whatever the kernel's own tick is. */
const TICK_US = 10_000

interface Stat { readonly parent: number; readonly own: number; readonly children: number }

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may hold spaces; what follows the last one does not.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number)
    return { parent: fields[1]!, own: (fields[11]! + fields[12]!) * TICK_US, children: (fields[13]! + fields[14]!) * TICK_US }
  } catch {
    return null
  }
}

export const parentOf = (pid: number): number => statOf(pid)!.parent

/** A Postgres server: the postmaster, its living processes, and those that have ended. */
export function serverCpu(postmaster: number): number {
  const own = statOf(postmaster)!
  const living = readdirSync('/proc').map(Number).filter((pid) => pid > 0).map(statOf).filter((stat) => stat?.parent === postmaster)
  return own.own + own.children + living.reduce((sum, stat) => sum + stat!.own, 0)
}

/** What the programs that this one started, and that have ended, cost with all of theirs. */
export const endedChildrenCpu = (): number => statOf(process.pid)!.children
