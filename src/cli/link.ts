import { randomUUID } from 'node:crypto'
import { providers as registered } from '#providers'
import type { AnyProvider } from '#kit'
import type { Entry } from '../accounts/entry.ts'
import { linkAccount, relinkAccount } from '../accounts/link.ts'
import { readConfig } from '../config.ts'
import type { Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import { createOrganization } from '../organizations/keys.ts'
import { fillForm, readArguments } from './form.ts'
import { openHouse, processLog } from './house.ts'
import { startRoles, type Running } from './processes.ts'
import { followFirstSync } from './progress.ts'
import { untilStopped } from './stop.ts'
import { readTokens } from './tokens.ts'

export interface LinkOptions {
  readonly provider: string
  readonly organization?: string
  readonly category?: string
  readonly endUser?: string
  readonly name?: string
  readonly email?: string
  /** A file with the tokens of a consent, in place of what can be copied. */
  readonly tokens?: string
  /** An account that exists already and is entered anew. */
  readonly account?: string
  readonly set: readonly string[]
}

const invalid = (detail: string): Fault => new Fault('request.invalid', { detail })

/** `intermodal link`: one's own account, with what the vendor lets one copy, through the same code as the API; then its first sync. */
export async function link(options: LinkOptions): Promise<number> {
  const provider = registered.find(({ slug }) => slug === options.provider)
  if (provider === undefined) throw invalid(`There is no such vendor. There are: ${registered.map(({ slug }) => slug).join(', ')}.`)
  const asked = options.tokens === undefined ? provider : withoutCredentials(provider)
  if (options.account !== undefined) return relink(options.account, options, { ...asked, setup: {} })
  const category = provider.categories.find((name) => (options.category === undefined ? provider.categories.length === 1 : name === options.category))
  if (category === undefined) throw invalid(`For which category? Say it with --category, one of: ${provider.categories.join(', ')}.`)
  const config = readConfig()
  const { setup, ...given } = await fillForm(asked, readArguments(asked, options.set), { input: process.stdin, output: process.stderr })
  const entry = entryOf(provider, given, options.tokens)
  const interrupted = untilStopped()
  const house = await openHouse(config, processLog(process.env['INTERMODAL_LOG_LEVEL'] ? config.logLevel : 'error'))
  let running: Running | null = null
  try {
    const organization = await organizationOf(house.database, options.organization)
    const id = randomUUID()
    const linked = await linkAccount(house, { organizationId: organization.id, requestId: id, traceId: id, actor: null }, {
      integration: provider.slug, category, endUserOriginId: options.endUser ?? provider.slug, endUserOrganizationName: options.name ?? organization.name, endUserEmailAddress: options.email ?? '', setup, ...entry,
    })
    console.log(`Linked: ${provider.name} (${category}) for ${organization.name}\n\nAccount id     ${linked.id}\nAccount token  ${linked.accountToken}  (shown only now)\n`)
    running = await startRoles(house, { api: false, worker: true })
    const statuses = await followFirstSync(house.database, [{ id: linked.id, organizationId: organization.id, category, name: provider.name }], interrupted)
    for (const { model_name: name, status, fault } of statuses ?? []) if (status === 'FAILED') console.log(`${name} could not be read: ${fault?.detail ?? 'no reason was kept'}`)
    if (statuses === null) console.log('\nThe first sync goes on where it stopped when a worker runs.')
    const path = provider.resources.find(({ model }) => model.category === category)!.model.path
    console.log(`
Next:
npx intermodal keys create --organization ${quoted(organization.name)}
npx intermodal all
curl -s -H "Authorization: Bearer $KEY" -H 'X-Account-Token: ${linked.accountToken}' 'http://127.0.0.1:${house.config.port}/api/${category}/v1/${path}?page_size=2'`)
    return statuses === null ? 130 : statuses.some(({ status }) => status === 'FAILED') ? 1 : 0
  } finally {
    await running?.stop()
    await house.close()
  }
}

const withoutCredentials = (provider: AnyProvider): AnyProvider => ({ ...provider, auth: { ...provider.auth, fields: {} } })

function entryOf({ name, oauth }: AnyProvider, given: { readonly credentials: Record<string, string> }, file: string | undefined): Entry {
  if (file === undefined) return given
  if (oauth === undefined) throw invalid(`${name} is not linked by consent: it gives no tokens.`)
  return { tokens: readTokens(file, oauth) }
}

/** The same account, entered anew: id, token, data and cursors stay. A worker goes on with it. */
async function relink(linkedAccountId: string, { set, tokens }: LinkOptions, provider: AnyProvider): Promise<number> {
  const entry = entryOf(provider, await fillForm(provider, readArguments(provider, set), { input: process.stdin, output: process.stderr }), tokens)
  const config = readConfig()
  const house = await openHouse(config, processLog(process.env['INTERMODAL_LOG_LEVEL'] ? config.logLevel : 'error'))
  try {
    const { rows: [account] } = await house.database.system.query<{ organization_id: string }>('select organization_id from linked_accounts where id::text = $1 and integration = $2', [linkedAccountId, provider.slug])
    if (account === undefined) throw invalid(`There is no such account of ${provider.name}.`)
    const id = randomUUID()
    await relinkAccount(house, { organizationId: account.organization_id, requestId: id, traceId: id, actor: null }, linkedAccountId, entry)
    await house.scheduler.wake()
    console.log(`Linked anew: ${provider.name}, account ${linkedAccountId}`)
    return 0
  } finally {
    await house.close()
  }
}

/** The one that is named, made where it is new; unnamed, the only one that there is. */
async function organizationOf(database: Database, name: string | undefined): Promise<{ readonly id: string; readonly name: string }> {
  if (name !== undefined) return { ...await createOrganization(database, name), name: name.trim() }
  const { rows } = await database.system.query<{ id: string; name: string }>('select id, name from organizations order by name limit 2')
  if (rows.length !== 1) throw invalid('Whose account is it? Say it with --organization NAME.')
  return rows[0]!
}

const quoted = (text: string): string => `'${text.replaceAll('\'', String.raw`'\''`)}'`
