import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** A real Redmine with some 1,000 issues; null where none can be started. */
    redmine: LiveRedmine | null
  }
}

export interface LiveRedmine {
  readonly base_url: string
  readonly auth: { readonly key: string }
  readonly home: string
  readonly script: string
}

/** Starts the real systems whose scripts are among the test material. In CI their absence is a failure, elsewhere a skip that says so. */
export function setup(project: TestProject): void {
  const script = resolve(process.env['INTERMODAL_TEST_MATERIAL'] ?? '../shared', 'upstreams/redmine.sh')
  const able = existsSync(script) && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (!able) {
    const reason = `no Redmine: it needs ${script}, Debian and root`
    if (process.env['CI'] === 'true') throw new Error(reason)
    console.log(`live tests are skipped: ${reason}`)
    project.provide('redmine', null)
    return
  }
  const credentials = JSON.parse(execFileSync(script, ['up', '--count', '1000'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], timeout: 15 * 60_000 })) as LiveRedmine
  project.provide('redmine', { ...credentials, home: resolve(process.env['UPSTREAM_ROOT'] ?? `${process.env['TMPDIR'] ?? '/tmp'}/upstreams`, 'redmine'), script })
}

/** It stays up for the next run; `upstreams/redmine.sh down` stops it. */
