import { Type } from '@sinclair/typebox'
import type { CursorKey } from '../db/keyset.ts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { actorOf } from '../audit/audit.ts'
import { Fault } from '../errors.ts'
import { deleteAccount } from './delete.ts'
import { linkAccount, relinkAccount, type LinkDeps } from './link.ts'
import { findAccount, listAccounts, type ListedAccount } from './list.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const Values = Type.Record(Type.String(), Type.String({ maxLength: 8192 }))
const line = (description: string) => Type.String({ minLength: 1, maxLength: 512, description })

const LinkBody = Type.Object({
  integration: line('The provider\'s slug; `GET /api/v1/integrations` lists them.'),
  category: line('hris, crm or ticketing.'),
  end_user_origin_id: line('Your own id of the end customer. One account per id and category.'),
  end_user_organization_name: line('The end customer\'s name.'),
  end_user_email_address: line('Whom to write to when something is wrong.'),
  setup: Type.Optional(Values),
  credentials: Values,
}, { additionalProperties: false })

const Account = Type.Object({
  id: Type.String({ format: 'uuid' }),
  category: Type.String(),
  integration: Type.String({ description: 'The provider\'s name.' }),
  integration_slug: Type.String(),
  status: Type.String({ examples: ['COMPLETE', 'RELINK_NEEDED'] }),
  status_detail: orNull(Type.String()),
  end_user_origin_id: Type.String(),
  end_user_organization_name: Type.String(),
  end_user_email_address: Type.String(),
  setup: Type.Record(Type.String(), Type.String()),
  created_at: Type.String({ format: 'date-time' }),
  completed_at: orNull(Type.String({ format: 'date-time' })),
}, { $id: 'LinkedAccount' })

const ListQuery = Type.Object({
  cursor: Type.Optional(Type.String()),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 30 })),
  category: Type.Optional(Type.String()),
  integration: Type.Optional(Type.String()),
  status: Type.Optional(Type.String()),
  end_user_origin_id: Type.Optional(Type.String()),
}, { additionalProperties: false })
const Params = Type.Object({ id: Type.String({ format: 'uuid' }) })

export interface AccountRouteDeps extends LinkDeps {
  readonly cursorKeys: readonly CursorKey[]
  /** Called when an account has work: its first sync starts at once. */
  readonly onWork: (linkedAccountId: string) => Promise<unknown>
}

/** Linked accounts: create with credentials, list, look at, give new credentials, delete with all data. */
export const accountRoutes = (deps: AccountRouteDeps): FastifyPluginAsyncTypebox => async (app) => {
  const { database, providers } = deps
  const named = ({ integration, ...account }: ListedAccount) => ({ ...account, integration: providers.get(integration)?.name ?? integration, integration_slug: integration })

  app.post('/api/v1/linked-accounts', {
    config: { scope: 'accounts:write' },
    schema: {
      tags: ['platform'], summary: 'Link an account with credentials',
      description: 'For vendors that are entered with a key or a password. The credentials are tried at the vendor first; the first sync starts at once.',
      body: LinkBody,
      response: { 201: Type.Object({ id: Type.String({ format: 'uuid' }), account_token: Type.String({ description: 'Shown once. Send it as X-Account-Token.' }), status: Type.String() }) },
    },
  }, async (request, reply) => {
    const { body } = request
    const linked = await linkAccount(deps, { organizationId: request.caller!.organizationId, requestId: request.id, traceId: request.id, actor: actorOf(request) }, {
      integration: body.integration, category: body.category, endUserOriginId: body.end_user_origin_id, endUserOrganizationName: body.end_user_organization_name,
      endUserEmailAddress: body.end_user_email_address, setup: body.setup ?? {}, credentials: body.credentials,
    })
    await deps.onWork(linked.id)
    return reply.code(201).send({ id: linked.id, account_token: linked.accountToken, status: linked.status })
  })

  app.get('/api/v1/linked-accounts', {
    config: { scope: 'accounts:read' },
    schema: { tags: ['platform'], summary: 'List linked accounts', querystring: ListQuery, response: { 200: Type.Object({ next: orNull(Type.String()), previous: Type.Null(), results: Type.Array(Account) }) } },
  }, async ({ caller, query: { integration, end_user_origin_id: origin, ...query } }) => {
    const { next, results } = await listAccounts(database, deps.cursorKeys, caller!.organizationId, { ...query, ...(integration !== undefined && { integrations: [integration] }), ...(origin !== undefined && { end_user_origin_ids: [origin] }) })
    return { next, previous: null, results: results.map(named) }
  })

  app.get('/api/v1/linked-accounts/:id', {
    config: { scope: 'accounts:read' },
    schema: { tags: ['platform'], summary: 'One linked account', params: Params, response: { 200: Account } },
  }, async ({ caller, params }) => named(await existing(caller!.organizationId, params.id)))

  app.put('/api/v1/linked-accounts/:id/credentials', {
    config: { scope: 'accounts:write' },
    schema: {
      tags: ['platform'], summary: 'Give an account new credentials', description: 'Id, token and cursors stay. The credentials must be of the same account at the vendor.',
      params: Params, body: Type.Object({ credentials: Values }, { additionalProperties: false }), response: { 200: Account },
    },
  }, async (request) => {
    const { organizationId } = request.caller!
    await relinkAccount(deps, { organizationId, requestId: request.id, traceId: request.id, actor: actorOf(request) }, request.params.id, request.body)
    await deps.onWork(request.params.id)
    return named(await existing(organizationId, request.params.id))
  })

  app.delete('/api/v1/linked-accounts/:id', {
    config: { scope: 'accounts:write' },
    schema: { tags: ['platform'], summary: 'Unlink an account and erase its data', params: Params, response: { 204: Type.Null() } },
  }, async (request, reply) => {
    await deleteAccount(database, request.caller!.organizationId, request.params.id, actorOf(request))
    return reply.code(204).send(null)
  })

  async function existing(organizationId: string, id: string): Promise<ListedAccount> {
    const account = await findAccount(database, organizationId, id)
    if (account === null) throw new Fault('request.not_found')
    return account
  }
}
