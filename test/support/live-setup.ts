import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** A real Redmine with some 1,000 issues; null where none can be started. */
    redmine: LiveRedmine | null
    /** A real Tryton with some 300 employees and as many customers; null where none can be started. */
    tryton: LiveTryton | null
  }
}

interface Live {
  readonly base_url: string
  readonly home: string
  readonly script: string
}
export interface LiveRedmine extends Live { readonly auth: { readonly key: string } }
export interface LiveTryton extends Live { readonly auth: { readonly username: string; readonly password: string } }

/** Starts the real systems whose scripts are among the test material. In CI their absence is a failure, elsewhere a skip that says so. */
export function setup(project: TestProject): void {
  project.provide('redmine', started('redmine', 1000) as LiveRedmine | null)
  project.provide('tryton', started('tryton', 300) as LiveTryton | null)
}

function started(name: string, count: number): Live | null {
  const script = resolve(process.env['INTERMODAL_TEST_MATERIAL'] ?? '../shared', `upstreams/${name}.sh`)
  const able = existsSync(script) && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (!able) {
    const reason = `no ${name}: it needs ${script}, Debian and root`
    if (process.env['CI'] === 'true') throw new Error(reason)
    console.log(`live tests are skipped: ${reason}`)
    return null
  }
  const system = JSON.parse(execFileSync(script, ['up', '--count', String(count)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], timeout: 15 * 60_000 })) as Live
  return { ...system, home: resolve(process.env['UPSTREAM_ROOT'] ?? `${process.env['TMPDIR'] ?? '/tmp'}/upstreams`, name), script }
}

/** They stay up for the next run; `upstreams/<name>.sh down` stops one. */
