import { randomUUID } from 'node:crypto'
import { whoamiRequest, type AnyProvider, type FormField, type FormFields, type Setup } from '#kit'
import type { Category } from '#models'
import { audit, type Actor } from '../audit/audit.ts'
import type { Client, Database } from '../db/client.ts'
import type { Vault } from '../db/seal.ts'
import { Fault } from '../errors.ts'
import { resolveIssues } from '../issues/issue.ts'
import type { LogWriter } from '../logs/entry.ts'
import { ACCOUNT_TOKEN, mintToken } from '../organizations/tokens.ts'
import type { Door, DoorAccount } from '../upstream/door.ts'
import { TOKENS } from '../upstream/tokens.ts'
import { linkedBy } from './account.ts'
import { sealEntry, unstored, type Entry } from './entry.ts'
import { isRestricted, readScopes } from './scopes.ts'

export interface LinkDeps {
  readonly database: Database
  readonly vault: Vault
  readonly door: Door
  readonly logs: LogWriter
  readonly providers: ReadonlyMap<string, AnyProvider>
}

export type LinkRequest = Entry & {
  readonly integration: string
  readonly category: string
  readonly endUserOriginId: string
  readonly endUserOrganizationName: string
  readonly endUserEmailAddress: string
  readonly setup: Readonly<Record<string, string>>
}

export interface LinkContext { readonly organizationId: string; readonly requestId: string; readonly traceId: string; readonly actor: Actor | null }
export interface Linked { readonly id: string; readonly accountToken: string; readonly status: 'COMPLETE' }

/** Ask the vendor whose credentials these are; only then keep them, sealed, with everything that the first sync needs. */
export async function linkAccount(deps: LinkDeps, context: LinkContext, request: LinkRequest): Promise<Linked> {
  const provider = providerFor(deps.providers, request.integration, request.category)
  const asked = checkForm(provider.setup, request.setup, '/setup')
  const id = randomUUID()
  const { organizationId } = context
  const { identity: remoteIdentity, learnt, store } = await tryEntry(deps, { id, organizationId, provider, setup: asked }, request, context)
  const setup = { ...asked, ...learnt }
  const { token, publicId, secretHash } = mintToken(ACCOUNT_TOKEN)
  await deps.database.tenant(organizationId, async (client) => {
    const { rowCount } = await client.query(
      `insert into linked_accounts (id, organization_id, category, integration, end_user_origin_id, end_user_organization_name, end_user_email_address, status, setup, remote_identity, token_public_id, token_hash, completed_at, scope_version)
       values ($1, $2, $3, $4, $5, $6, $7, 'COMPLETE', $8, $9, $10, $11, now(), coalesce((select version from scope_versions where organization_id = $2 and category = $3), 0)) on conflict (organization_id, category, end_user_origin_id) do nothing`,
      [id, organizationId, request.category, request.integration, request.endUserOriginId, request.endUserOrganizationName, request.endUserEmailAddress, setup, remoteIdentity, publicId, secretHash])
    if (rowCount === 0) throw new Fault('request.conflict', { detail: `There is a ${request.category} account for end user "${request.endUserOriginId}" already. Delete it, or replace its credentials.`, pointer: '/end_user_origin_id' })
    await store(client)
    await prepareSync(client, organizationId, id, request.category, provider)
    await audit(client, { organizationId, event: 'LINKED_ACCOUNT', description: `A ${request.category} account (${request.integration}) was linked.`, subject: id, actor: context.actor })
  })
  return { id, accountToken: token, status: 'COMPLETE' }
}

/** New credentials for an account that exists: same id, same token, same cursors. They must be the same vendor account's. */
export async function relinkAccount(deps: LinkDeps, context: LinkContext, linkedAccountId: string, entry: Entry): Promise<void> {
  const { organizationId } = context
  const [row] = await deps.database.tenantQuery<{ integration: string; setup: Record<string, string>; remote_identity: string }>(organizationId, { text: 'select integration, setup, remote_identity from linked_accounts where id = $1', values: [linkedAccountId] })
  const provider = deps.providers.get(row?.integration ?? '')
  if (row === undefined || provider === undefined) throw new Fault('request.not_found')
  const { identity, learnt, store } = await tryEntry(deps, { id: linkedAccountId, organizationId, provider, setup: row.setup }, entry, context)
  if (identity !== row.remote_identity) throw new Fault('account.identity_mismatch', { pointer: '/credentials' })
  await deps.database.tenant(organizationId, async (client) => {
    // Whoever works with the old ones loses the lease with them: the page that is under way is not committed, and the run goes on at its checkpoint.
    await client.query('update leases set epoch = epoch + 1, holder = null, heartbeat_at = null where linked_account_id = $1', [linkedAccountId])
    await store(client)
    await client.query(`update linked_accounts set status = 'COMPLETE', status_detail = null, setup = setup || $2::jsonb where id = $1`, [linkedAccountId, learnt])
    await client.query(`update sync_states set next_run_at = now(), failures = 0 where linked_account_id = $1 and status <> 'DISABLED'`, [linkedAccountId])
    await resolveIssues(client, linkedAccountId, null)
    await audit(client, { organizationId, event: 'RELINKED_ACCOUNT', description: 'A linked account was given new credentials.', subject: linkedAccountId, actor: context.actor })
  })
}

function providerFor(providers: LinkDeps['providers'], integration: string, category: string): AnyProvider {
  const provider = providers.get(integration)
  if (provider === undefined) throw new Fault('request.invalid', { detail: `There is no integration "${integration}". There are: ${[...providers.keys()].join(', ')}.`, pointer: '/integration' })
  if (!provider.categories.includes(category as Category)) throw new Fault('request.invalid', { detail: `${provider.name} is offered for ${provider.categories.join(', ')}, not for "${category}".`, pointer: '/category' })
  return provider
}

/** The form's values, each checked against its pattern as a whole; nothing missing, nothing besides. */
function checkForm(fields: FormFields, values: Readonly<Record<string, string>>, pointer: string): Record<string, string> {
  for (const name of Object.keys(values)) if (!Object.hasOwn(fields, name)) throw new Fault('request.invalid', { detail: `"${name}" is not asked for. The fields are: ${Object.keys(fields).join(', ')}.`, pointer: `${pointer}/${name}` })
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => {
    const value = values[name]?.trim() ?? ''
    const detail = complaintAbout(field, value)
    if (detail !== null) throw new Fault('request.invalid', { detail, pointer: `${pointer}/${name}` })
    return [name, value]
  }))
}

/** What is wrong with a value, without showing it; null: nothing. */
export function complaintAbout({ label, hint, pattern, maxLength }: FormField, value: string): string | null {
  if (value === '') return `${label} is missing.`
  if (value.length <= maxLength && new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace('g', '')).test(value)) return null
  return `${label} is not of the form that is expected.${hint === undefined ? '' : ` ${hint}`}`
}

/** Asks the vendor whose account it is that is entered so. */
async function tryEntry(deps: LinkDeps, base: Omit<DoorAccount, 'credentials' | 'consent'>, entry: Entry, context: LinkContext): Promise<{ readonly identity: string; readonly learnt: Setup; readonly store: (client: Client) => Promise<void> }> {
  const { provider } = base
  if (!('tokens' in entry)) {
    const credentials = checkForm(provider.auth.fields, entry.credentials, '/credentials')
    return { ...await whoIs(deps, { ...base, credentials: async () => credentials }, context), store: await sealEntry(deps.vault, base, { credentials }) }
  }
  if (provider.oauth === undefined) throw new Fault('request.invalid', { detail: `${provider.name} is not linked by consent.`, pointer: '/tokens' })
  const none = (): Promise<never> => Promise.reject(new Fault('account.needs_relink'))
  const account: DoorAccount = { ...base, consent: unstored(entry.tokens), credentials: none }
  const told = { ...provider.oauth.learns?.(entry.tokens.answer), ...await askAccount(deps, account, context) }
  const setup = { ...base.setup, ...told }
  const { identity, learnt } = await whoIs(deps, { ...account, setup, provider: linkedBy(provider, TOKENS) }, context)
  return { identity, learnt: { ...told, ...learnt }, store: await sealEntry(deps.vault, base, entry) }
}

/** Where the vendor tells of the account only when it is asked, elsewhere: through the same door. */
async function askAccount({ door, logs }: LinkDeps, account: DoorAccount, { requestId, traceId }: LinkContext): Promise<Setup> {
  const { provider, setup } = account
  if (provider.oauth?.account === undefined) return {}
  const { origin, pathname } = new URL(provider.oauth.account.url)
  try {
    const { body, logId } = await door.open({ ...account, provider: { ...provider, baseUrl: () => origin } }, { traceId, requestId, retries: false, bodies: false })({ method: 'GET', path: pathname })
    const told = provider.oauth.account.learns(body, setup)
    if (Object.keys(told).length === 0) throw new Fault('request.invalid', { detail: `What was consented to at ${provider.name} is not the account that the setup names.`, pointer: '/setup', logId })
    return told
  } finally {
    await logs.flush()
  }
}

async function whoIs({ database, door, logs }: LinkDeps, account: DoorAccount, { requestId, traceId }: LinkContext): Promise<{ readonly identity: string; readonly learnt: Setup }> {
  const { whoami } = account.provider
  const restricted = isRestricted(await readScopes(database, account.organizationId, account.id), account.provider.resources.map(({ model }) => model.id as string))
  const send = door.open(account, { traceId, requestId, retries: false, bodies: !restricted })
  try {
    const response = await send(whoamiRequest(whoami))
    const identity = whoami.identity(response.body)
    if (identity === null || identity === '') throw new Fault('upstream.unexpected', { detail: `What answers at this address does not look like ${account.provider.name}.`, logId: response.logId, upstreamStatus: response.status })
    // What the customer said stays as it was said.
    const learnt = Object.entries(whoami.learns?.(response.body) ?? {}).filter(([name]) => !Object.hasOwn(account.provider.setup as FormFields, name))
    return { identity, learnt: Object.fromEntries(learnt) }
  } finally {
    // Whoever is told of a log can read it.
    await logs.flush()
  }
}

async function prepareSync(client: Client, organizationId: string, id: string, category: string, provider: AnyProvider): Promise<void> {
  await client.query('insert into feed_heads (linked_account_id, organization_id) values ($1, $2)', [id, organizationId])
  const resources = provider.resources.filter(({ model }) => model.category === category)
  const models = resources.map(({ model }) => model.id as string)
  const versions = resources.map(({ version }) => version)
  await client.query(
    `insert into sync_states (linked_account_id, model, organization_id, status, mapping_version, next_run_at)
     select $1, n.model, $2, 'SYNCING', n.version, now() from unnest($3::text[], $4::int4[]) n(model, version)`, [id, organizationId, models, versions])
  await client.query('insert into leases (linked_account_id, model, organization_id) select $1, n.model, $2 from unnest($3::text[]) n(model)', [id, organizationId, models])
}
