/** The linked accounts as clients of the market's API know them: the same operations under every category. */
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { models } from '#models'
import { actorOf } from '../audit/audit.ts'
import { Fault } from '../errors.ts'
import { deleteAccount } from './delete.ts'
import { actionsOf, AvailableActions, detailsOf, IntegrationDetails, slugsOf } from './integration.ts'
import { findAccount, listAccounts, type ListedAccount } from './list.ts'
import type { AccountRouteDeps } from './routes.ts'
import { regenerateAccountToken } from './token.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const time = Type.String({ format: 'date-time' })

const shared = {
  id: Type.String({ format: 'uuid' }),
  category: Type.String(),
  status: Type.String({ examples: ['COMPLETE', 'RELINK_NEEDED'] }),
  status_detail: orNull(Type.String({ description: 'Why, where something is wrong.' })),
  end_user_origin_id: Type.String(),
  end_user_organization_name: Type.String(),
  end_user_email_address: Type.String(),
  webhook_listener_url: Type.String({ description: 'Empty: vendors cannot call in yet.' }),
  is_duplicate: Type.Boolean({ description: 'Always false: there is one account per end user and category.' }),
  account_type: Type.String({ examples: ['PRODUCTION'] }),
  completed_at: time,
}

const AccountDetails = Type.Object({
  ...shared,
  integration: Type.String({ description: 'The name of the integration.' }),
  integration_slug: Type.String(),
  instance_id: Type.String({ description: 'The vendor\'s id for the account behind the credentials.' }),
  setup: Type.Record(Type.String(), Type.String()),
  created_at: time,
}, { $id: 'AccountDetails' })

const AccountDetailsAndActions = Type.Object({
  ...shared,
  subdomain: orNull(Type.String()),
  integration: orNull(IntegrationDetails),
  integration_specific_fields: Type.Record(Type.String(), Type.Unknown(), { description: 'What the link form asked besides credentials.' }),
}, { $id: 'AccountDetailsAndActions' })

const ListQuery = Type.Object({
  cursor: Type.Optional(Type.String()),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 30 })),
  category: Type.Optional(Type.String({ maxLength: 20, description: 'Only accounts of this category.' })),
  status: Type.Optional(Type.String({ maxLength: 20, description: 'Only accounts with this status.', examples: ['RELINK_NEEDED'] })),
  id: Type.Optional(Type.String({ format: 'uuid', description: 'Only this account.' })),
  ids: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { maxItems: 1000, description: 'Only these accounts, separated by commas.' })),
  end_user_origin_id: Type.Optional(Type.String({ maxLength: 512, description: 'Only the account of this end user, by your own id.' })),
  end_user_origin_ids: Type.Optional(Type.Array(Type.String({ maxLength: 512 }), { maxItems: 1000, description: 'Only the accounts of these end users, separated by commas.' })),
  end_user_organization_name: Type.Optional(Type.String({ maxLength: 512 })),
  end_user_email_address: Type.Optional(Type.String({ maxLength: 512 })),
  integration_name: Type.Optional(Type.String({ maxLength: 200, description: 'Only accounts with this integration, by its name or its slug.' })),
  include_duplicates: Type.Optional(Type.Boolean({ description: 'Accepted for compatibility: there are no duplicates here.' })),
  is_test_account: Type.Optional(Type.String({ maxLength: 5, description: '`true` finds nothing: all accounts here are real ones.' })),
}, { additionalProperties: false })

export const accountPlatformRoutes = (deps: AccountRouteDeps): FastifyPluginAsyncTypebox => async (app) => {
  const { database, providers, cursorKeys } = deps

  const common = (account: ListedAccount) => ({
    id: account.id, category: account.category, status: account.status, status_detail: account.status_detail, end_user_origin_id: account.end_user_origin_id,
    end_user_organization_name: account.end_user_organization_name, end_user_email_address: account.end_user_email_address,
    webhook_listener_url: '', is_duplicate: false, account_type: 'PRODUCTION', completed_at: account.completed_at ?? account.created_at,
  })
  async function existing(organizationId: string, id: string): Promise<ListedAccount> {
    const account = await findAccount(database, organizationId, id)
    if (account === null) throw new Fault('request.not_found')
    return account
  }

  for (const category of new Set(Object.values(models).map((model) => model.category))) {
    const prefix = `/api/${category}/v1`

    app.get(`${prefix}/linked-accounts`, {
      config: { scope: 'accounts:read' },
      schema: { tags: [category], summary: 'List linked accounts', description: 'All of the organisation\'s, whatever their category; `category` narrows.', querystring: ListQuery, response: { 200: Type.Object({ next: orNull(Type.String()), previous: Type.Null(), results: Type.Array(AccountDetailsAndActions) }) } },
    }, async ({ caller, query: { id, ids, end_user_origin_id: origin, end_user_origin_ids: origins, integration_name: integration, is_test_account: test, ...query } }) => {
      if (test === 'true') return { next: null, previous: null, results: [] }
      const both = <T>(one: T | undefined, many: readonly T[] | undefined): readonly T[] | undefined => (one === undefined ? many : many === undefined || many.includes(one) ? [one] : [])
      const wantedIds = both(id, ids)
      const wantedOrigins = both(origin, origins)
      const { next, results } = await listAccounts(database, cursorKeys, caller!.organizationId, {
        ...query, ...(wantedIds !== undefined && { ids: wantedIds }), ...(wantedOrigins !== undefined && { end_user_origin_ids: wantedOrigins }), ...(integration !== undefined && { integrations: slugsOf(providers, integration) }),
      })
      return {
        next, previous: null, results: results.map((account) => {
          const provider = providers.get(account.integration)
          return { ...common(account), subdomain: null, integration: provider === undefined ? null : detailsOf(provider, account.category), integration_specific_fields: account.setup }
        }),
      }
    })

    app.get(`${prefix}/account-details`, {
      config: { scope: 'accounts:read', account: 'required' },
      schema: { tags: [category], summary: 'The linked account of the token', response: { 200: AccountDetails } },
    }, async (request) => {
      const account = await existing(request.account!.organizationId, request.account!.id)
      return { ...common(account), integration: providers.get(account.integration)?.name ?? account.integration, integration_slug: account.integration, instance_id: account.remote_identity, setup: account.setup, created_at: account.created_at }
    })

    app.get(`${prefix}/available-actions`, {
      config: { scope: 'accounts:read', account: 'required' },
      schema: { tags: [category], summary: 'What can be done with the linked account of the token', response: { 200: AvailableActions } },
    }, async ({ account }) => {
      const provider = providers.get(account!.integration)
      if (provider === undefined) throw new Fault('request.not_found', { detail: `The integration "${account!.integration}" is not offered here any more.` })
      return actionsOf(provider, category)
    })

    app.post(`${prefix}/delete-account`, {
      config: { scope: 'accounts:write', account: 'required' },
      schema: { tags: [category], summary: 'Unlink the account of the token and erase its data', response: { 200: Type.Null() } },
    }, async (request, reply) => {
      await deleteAccount(database, request.account!.organizationId, request.account!.id, actorOf(request))
      // Nothing at all: `null` would be a body.
      return reply.code(200).serializer(() => '').send(null)
    })

    app.post(`${prefix}/account-token/regenerate`, {
      config: { scope: 'accounts:write', account: 'required' },
      schema: {
        tags: [category], summary: 'Replace the account token', description: 'The old token is refused from now on; other processes notice within five seconds.',
        response: { 200: Type.Object({ linked_account_id: Type.String({ format: 'uuid' }), account_token: Type.String({ description: 'Shown once.' }) }) },
      },
    }, async (request) => {
      const { id, organizationId } = request.account!
      return { linked_account_id: id, account_token: await regenerateAccountToken(database, organizationId, id, actorOf(request)) }
    })
  }
}
