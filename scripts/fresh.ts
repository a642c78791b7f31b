// Both commands of the README, as on a machine that has never seen this project: a fresh clone, an empty npm cache, no install
// scripts, the machine's own Node; as root in a directory that nobody else may enter, and as an ordinary user.
//   npm run fresh                 the demo and the tests
//   npm run fresh -- --demo-only  the demo alone
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const demoOnly = process.argv.includes('--demo-only')
const commands = ['npm ci && npx intermodal demo --once', ...(demoOnly ? [] : ['npm ci && npm test'])]

interface User { readonly name: string; readonly uid: number; readonly gid: number }

function users(): User[] {
  const me: User = { name: process.getuid!() === 0 ? 'root' : 'an ordinary user', uid: process.getuid!(), gid: process.getgid!() }
  if (me.uid !== 0) return [me]
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return [me, { name: 'an ordinary user', uid: id('-u'), gid: id('-g') }]
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Not the Node that npm put in front for this script: a fresh machine has only its own. */
const ownPath = (process.env['PATH'] ?? '').split(':').filter((entry) => !entry.includes('node_modules')).join(':')

let failed = 0
for (const user of users()) {
  const place = mkdtempSync(join(tmpdir(), 'intermodal-fresh-'))
  try {
    for (const directory of ['cache', 'home']) mkdirSync(join(place, directory))
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, join(place, 'intermodal')])
    if (user.uid !== process.getuid!()) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, place])
    chownSync(place, user.uid, user.gid)
    chmodSync(place, 0o700)
    for (const command of commands) {
      const started = performance.now()
      const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
        cwd: join(place, 'intermodal'), uid: user.uid, gid: user.gid, encoding: 'utf8', maxBuffer: 2 ** 28,
        env: {
          PATH: ownPath, HOME: join(place, 'home'), LANG: 'C.UTF-8', PORT: String(await freePort()), npm_config_cache: join(place, 'cache'), npm_config_ignore_scripts: 'true',
          ...(process.env['INTERMODAL_TEST_MATERIAL'] === undefined ? {} : { INTERMODAL_TEST_MATERIAL: process.env['INTERMODAL_TEST_MATERIAL'] }),
        },
      })
      console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  as ${user.name}: ${command}`)
      if (status !== 0) {
        failed += 1
        console.log(`${stdout}\n${stderr}`.trim().split('\n').slice(-60).map((line) => `     ${line}`).join('\n'))
      }
    }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}
process.exitCode = failed === 0 ? 0 : 1
