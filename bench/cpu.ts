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

const childrenOf = (parent: number): Map<number, number> => new Map(readdirSync('/proc').map(Number).filter((pid) => pid > 0).flatMap((pid) => { const stat = statOf(pid); return stat?.parent === parent ? [[pid, stat.own]] : [] }))

/** A Postgres server: the postmaster, its living processes, and those that have ended. One that ends while it is counted would be missed, or counted twice: then it is all counted again. */
export function serverCpu(postmaster: number): number {
  for (;;) {
    const living = childrenOf(postmaster)
    const { own, children } = statOf(postmaster)!
    const after = childrenOf(postmaster)
    if (living.size === after.size && [...living.keys()].every((pid) => after.has(pid))) return own + children + [...living.values()].reduce((sum, one) => sum + one, 0)
  }
}

/** What the programs that this one started, and that have ended, cost with all of theirs. */
export const endedChildrenCpu = (): number => statOf(process.pid)!.children
