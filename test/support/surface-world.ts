/** The composed API with every route, and organisations whose accounts hold every model: what the tests of the whole surface walk over. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { categories, type Category } from '#models'
import { createApiKey } from '#src/organizations/keys'
import { asCaller } from './api.ts'
import { everythingProvider } from './everything.ts'
import { product, type Product } from './product.ts'

export interface Schema { type?: string; format?: string; enum?: readonly unknown[]; const?: unknown; anyOf?: Schema[]; items?: Schema; properties?: Record<string, Schema>; required?: string[]; minimum?: number; maximum?: number; minItems?: number; minLength?: number; maxLength?: number; default?: unknown; $ref?: string; additionalProperties?: unknown; examples?: readonly unknown[] }
export interface Parameter { name: string; in: string; required?: boolean; schema: Schema }
interface Documented { parameters?: Parameter[]; requestBody?: { content: Record<string, { schema: Schema }> }; security?: Record<string, unknown>[]; responses: Record<string, { content?: Record<string, { schema: Schema }> }> }
export interface Operation { readonly name: string; readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; readonly path: string; readonly parameters: Parameter[]; readonly body: Schema | null; readonly needsKey: boolean; readonly needsAccount: boolean; readonly category: Category | null; readonly responses: Documented['responses'] }
export interface Document { readonly paths: Record<string, Record<string, Documented>>; readonly components: { readonly schemas: Record<string, Schema> }; readonly security: Record<string, unknown>[] }

/** The operations of the OpenAPI document. */
export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]): Operation => {
    const security = operation.security ?? document.security
    return {
      name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase() as Operation['method'], path, parameters: operation.parameters ?? [], body: Object.values(operation.requestBody?.content ?? {})[0]?.schema ?? null,
      needsKey: security.length > 0, needsAccount: security.length > 0 && security.every((one) => 'accountToken' in one), category: categories.find((category) => path.startsWith(`/api/${category}/`)) ?? null, responses: operation.responses,
    }
  }))
}

export interface Tenant {
  readonly organizationId: string
  readonly apiKey: string
  readonly accounts: Readonly<Record<Category, { readonly id: string; readonly token: string }>>
  /** Ids of everything of theirs, by what it is: `crm.Contact`, `log`, `account`. */
  readonly ids: Readonly<Record<string, readonly string[]>>
}

export interface SurfaceWorld {
  readonly app: FastifyInstance
  readonly product: Product
  readonly document: Document
  readonly operations: readonly Operation[]
  /** Another organisation, its accounts linked and synced through the API. */
  readonly organization: (name: string) => Promise<Tenant>
  /** Another account of a tenant, for what destroys it. */
  readonly link: (apiKey: string, category: Category, originId?: string) => Promise<{ id: string; token: string }>
  readonly close: () => Promise<void>
}

export async function surfaceWorld(): Promise<SurfaceWorld> {
  const started = await product({ provider: everythingProvider, env: { INTERMODAL_RATE_LIMIT_PER_MINUTE: '0' } })
  const { app } = started
  const document = app.swagger() as unknown as Document

  const link: SurfaceWorld['link'] = async (apiKey, category, originId = randomUUID()) => {
    const answer = await app.inject({ method: 'POST', url: '/api/v1/linked-accounts', headers: asCaller(apiKey), payload: {
      integration: 'everything', category, end_user_origin_id: originId, end_user_organization_name: 'Customer', end_user_email_address: 'c@example.test', ...started.vendor.link,
    } })
    if (answer.statusCode !== 201) throw new Error(answer.body)
    const { id, account_token: token } = answer.json<{ id: string; account_token: string }>()
    return { id, token }
  }

  const synced = async (apiKey: string, category: Category, token: string): Promise<void> => {
    for (const deadline = Date.now() + 60_000; ;) {
      const { results } = (await app.inject({ url: `/api/${category}/v1/sync-status`, headers: asCaller(apiKey, token) })).json<{ results: { status: string; last_sync_finished: string | null }[] }>()
      if (results.length > 0 && results.every(({ status, last_sync_finished: at }) => status !== 'SYNCING' && at !== null)) return
      if (Date.now() > deadline) throw new Error(`${category} was not synced in time: ${JSON.stringify(results)}`)
      await new Promise((resolve) => { setTimeout(resolve, 100) })
    }
  }

  return {
    app, product: started, document, operations: operationsOf(document), link,
    async organization(name) {
      const { apiKey, organizationId } = await createApiKey(started.house.database, { organizationName: name, name: 'test' })
      const accounts = Object.fromEntries(await Promise.all(categories.map(async (category) => [category, await link(apiKey, category, `origin-${category}`)] as const))) as Record<Category, { id: string; token: string }>
      for (const category of categories) await synced(apiKey, category, accounts[category].token)
      await started.house.logs.flush()
      const ask = <R extends Record<string, unknown>>(text: string): Promise<R[]> => started.house.database.tenantQuery<R>(organizationId, { text })
      await started.house.database.tenant(organizationId, (client) => client.query(
        `insert into issues (linked_account_id, model, code, organization_id, id, status, description, details) select id, category || '.User', 'upstream.unauthorized', organization_id, $1, 'ONGOING', 'The vendor refused.', '{}' from linked_accounts where category = 'ticketing'`, [randomUUID()]))
      const found = [
        ...await ask<{ kind: string; id: string }>('select model as kind, record_id as id from changes order by remote_id'),
        ...await ask<{ kind: string; id: string }>(`select 'log' as kind, id from upstream_logs order by started_at limit 3`),
        ...await ask<{ kind: string; id: string }>(`select 'issue' as kind, id from issues`),
        ...await ask<{ kind: string; id: string }>(`select 'account' as kind, id from linked_accounts order by category`),
      ]
      return { organizationId, apiKey, accounts, ids: Object.fromEntries([...Map.groupBy(found, ({ kind }) => kind)].map(([kind, rows]) => [kind, rows.map(({ id }) => id)])) }
    },
    close: () => started.close(),
  }
}

export const NOBODY = '00000000-0000-8000-8000-000000000000'

/** Which of a tenant's ids an operation's path parameter wants. */
export function idFor({ ids }: Tenant, { path, category }: Pick<Operation, 'path' | 'category'>, parameter: string, models: readonly { id: string; category: string; path: string }[]): string {
  const of = (kind: string): string => ids[kind]?.[0] ?? NOBODY
  if (path.startsWith('/api/v1/linked-accounts/')) return of('account')
  if (path.startsWith('/api/v1/logs/')) return of('log')
  if (path.includes('/issues/')) return of('issue')
  if (parameter.endsWith('class_id')) return of(`${category}.CustomObjectClass`)
  if (parameter.endsWith('object_id')) return of(`${category}.CustomObject`)
  if (parameter === 'association_type_id') return of(`${category}.AssociationType`)
  if (parameter === 'collection_id') return of(`${category}.Collection`)
  if (parameter === 'ticket_id') return of(`${category}.Ticket`)
  if (parameter === 'parent_id') return of(`${category}.Project`)
  // The model whose own list is the longest beginning of the path.
  const own = models.filter((model) => model.category === category && path.startsWith(`/api/${category}/v1/${model.path}/`)).sort((a, b) => b.path.length - a.path.length)[0]
  return own === undefined ? NOBODY : of(own.id)
}

export const addressOf = (operation: Operation, idOf: (parameter: string) => string): string => operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(idOf(name).toWellFormed()))
/** The answer without what is random by design. */
export const bare = (body: string): string => body.replaceAll(/req_[0-9a-f]{32}/g, 'REQ')
