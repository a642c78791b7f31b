// Fixtures from a live account, without what is in it. `npm run record -- PROVIDER [MODEL] [--system 'Name 1.2'] [--set NAME=VALUE] [--into DIR]`
// What the vendor asks for is asked here too; INTERMODAL_RECORD_<FIELD> and standard input are other ways to say it.
import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { secretsOf, whoamiRequest, type AnyProvider, type FormFields, type Send } from '#kit'
import { providers } from '#providers'
import { fillForm, readArguments } from '#src/cli/form'
import { parseAllowed } from '#src/egress/allowed-hosts'
import { openEgress } from '#src/egress/exchange'
import { ownBudget } from '#src/upstream/budget'
import { createDoor } from '#src/upstream/client'
import { recordResource } from './record/recording.ts'

const { values: { system, set, into }, positionals: [slug, wanted] } = parseArgs({ allowPositionals: true, options: { system: { type: 'string' }, set: { type: 'string', multiple: true, default: [] }, into: { type: 'string' } } })
const provider = (providers as readonly AnyProvider[]).find((candidate) => candidate.slug === slug)
const resources = provider?.resources.filter(({ model }) => wanted === undefined || model.id === wanted || model.name === wanted) ?? []

async function main(): Promise<number> {
  if (provider === undefined || resources.length === 0) {
    console.error(provider === undefined ? `record PROVIDER [MODEL], where PROVIDER is one of: ${providers.map((one) => one.slug).join(', ')}` : `${provider.name} is read for: ${provider.resources.map(({ model }) => model.id as string).join(', ')}`)
    return 64
  }
  const fields = [...Object.keys(provider.setup as FormFields), ...Object.keys(provider.auth.fields as FormFields)]
  const fromEnvironment = Object.fromEntries(fields.flatMap((name) => { const value = process.env[`INTERMODAL_RECORD_${name.toUpperCase()}`]; return value === undefined || value === '' ? [] : [[name, value]] }))
  const { setup: asked, credentials } = await fillForm(provider, { ...fromEnvironment, ...readArguments(provider, set) }, { input: process.stdin, output: process.stderr })
  const egress = openEgress({ allowed: parseAllowed(process.env['INTERMODAL_ALLOW_PRIVATE_HOSTS'] ?? ''), ownPorts: () => new Set<number>() })
  const door = createDoor({ egress, budget: ownBudget(), log: () => undefined })
  const open = (setup: Readonly<Record<string, string>>): Send => door.open({ id: randomUUID(), organizationId: randomUUID(), provider, setup, credentials: async () => credentials }, { traceId: randomUUID(), bodies: false })
  try {
    // Some vendors answer strangers too, with less: what they show is no fixture.
    const { body } = await open(asked)(whoamiRequest(provider.whoami))
    if (provider.whoami.identity(body) === null) throw new Error(`What answers at this address does not look like ${provider.name}.`)
    const setup = { ...provider.whoami.learns?.(body), ...asked }
    const folder = into ?? new URL(`../providers/${provider.slug}/fixtures/`, import.meta.url).pathname
    mkdirSync(folder, { recursive: true })
    const send = open(setup)
    let failed = 0
    for (const resource of resources) {
      try {
        const recording = await recordResource({ provider, resource, send, setup, secrets: secretsOf(provider.auth.fields as FormFields, credentials), system: system ?? `${provider.name}, as of ${new Date().toISOString().slice(0, 10)}` })
        writeFileSync(join(folder, `${recording.model}.json`), `${JSON.stringify(recording, null, 1)}\n`)
        console.log(`${recording.model}: ${recording.exchanges.length} exchanges${(recording.unseen ?? []).length === 0 ? '' : `; the account shows nothing of ${recording.unseen!.join(', ')}`}`)
      } catch (error) {
        failed += 1
        console.error(`${resource.model.id as string}: ${(error as Error).message}`)
      }
    }
    console.log('Read what was written before you commit it: the texts are invented, the names of fields are not.')
    return failed === 0 ? 0 : 1
  } finally {
    await egress.close()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 70
}
