// Takes the Dockerfile's steps in clean directories instead of layers, then starts what it would start, against a Postgres
// of our own: the image itself needs an engine, but most of what can be wrong in it shows without one.
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
// oxlint-disable-next-line no-restricted-imports -- it only asks for a free port
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { startEmbedded } from '../src/db/embedded.ts'
import { flawsOf, parseDockerfile, type Instruction } from './dockerfile.ts'

const root = new URL('..', import.meta.url).pathname
const scratch = mkdtempSync(join(tmpdir(), 'intermodal-image-'))
chmodSync(scratch, 0o755)
const stages = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'))
const flaws = flawsOf(stages)
if (flaws.length > 0) throw new Error(flaws.join('\n'))

const variables = (instructions: readonly Instruction[]): Record<string, string> =>
  Object.fromEntries(instructions.filter(({ word }) => word === 'ENV').flatMap(({ rest }) => rest.split(/\s+/).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])))
/** Nothing of this machine's environment but where programs are. */
const bare = { PATH: process.env['PATH'] ?? '', HOME: scratch }

function take(stage: string, { word, flags, rest, exec }: Instruction, workdir: string): string {
  const at = (path: string): string => (path.startsWith('/') ? join(scratch, stage, path) : join(scratch, stage, workdir, path))
  if (word === 'WORKDIR') { mkdirSync(at(rest), { recursive: true }); return rest }
  if (word === 'COPY') {
    const paths = rest.split(/\s+/)
    const to = paths.pop()!
    const from = flags['from'] === undefined ? root : join(scratch, flags['from'])
    for (const path of paths) cpSync(join(from, path), to.endsWith('/') ? join(at(to), basename(path)) : at(to), { recursive: true, filter: (source) => !/\.test\.ts$|\/fixtures$/.test(source) })
  }
  if (word === 'RUN') {
    const [program, ...words] = exec!
    console.log(`${stage}: ${exec!.join(' ')}`)
    // A builder has its own way to the registry; here it is this machine's.
    const { status } = spawnSync(program!, words, { cwd: at('.'), env: process.env, stdio: 'inherit', timeout: 300_000 })
    if (status !== 0) throw new Error(`${exec!.join(' ')} ended with ${status}`)
  }
  return workdir
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

let postgres: { url: string; stop: () => Promise<void> } | null = null
try {
  let workdir = '/'
  for (const { name, instructions } of stages) {
    workdir = '/'
    for (const instruction of instructions) workdir = take(name, instruction, workdir)
  }
  const { name, instructions } = stages.at(-1)!
  const command = (word: string): readonly string[] => instructions.findLast((instruction) => instruction.word === word)?.exec ?? []
  const home = join(scratch, name, workdir)
  postgres = await startEmbedded({ dataDir: join(scratch, 'data') })
  const env = { ...bare, ...variables(instructions), HOST: '127.0.0.1', PORT: String(await freePort()), DATABASE_URL: postgres.url, INTERMODAL_ENCRYPTION_KEY: randomBytes(32).toString('base64') }
  const start = (words: readonly string[]) => spawn(words[0]!, words.slice(1), { cwd: home, env, stdio: 'inherit' })
  const run = async (words: readonly string[]): Promise<void> => {
    console.log(`> ${words.slice(0, 3).join(' ')}`)
    const [code] = await once(start(words), 'exit') as [number | null]
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}`)
  }
  await run([...command('ENTRYPOINT'), 'migrate'])
  await run([...command('ENTRYPOINT'), 'doctor'])
  const serving = start([...command('ENTRYPOINT'), ...command('CMD')])
  const ended = once(serving, 'exit') as Promise<[number | null]>
  try {
    for (const deadline = Date.now() + 30_000; ; ) {
      const probe = spawnSync(command('HEALTHCHECK')[0]!, command('HEALTHCHECK').slice(1), { cwd: home, env })
      if (probe.status === 0) break
      if (Date.now() > deadline || serving.exitCode !== null) throw new Error('the health check never passed')
    }
    console.log('> the health check passes')
  } finally {
    serving.kill(instructions.find(({ word }) => word === 'STOPSIGNAL')!.rest as NodeJS.Signals)
  }
  const [code] = await ended
  if (code !== 0) throw new Error(`stopping ended with ${code}`)
  console.log('> it stops in order')
} finally {
  await postgres?.stop()
  rmSync(scratch, { recursive: true, force: true })
}
