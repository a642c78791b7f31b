import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { AnyProvider } from '#kit'
import { models } from '#models'
import type { Database } from '../db/client.ts'
import type { CursorKey } from '../db/keyset.ts'
import { Fault } from '../errors.ts'
import { findIssue, listIssues, type IssueRow } from './list.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const time = Type.String({ format: 'date-time' })
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const Issue = Type.Object({
  id: Type.String({ format: 'uuid' }),
  status: Type.String({ examples: ['ONGOING', 'RESOLVED'] }),
  error_description: Type.String({ description: 'What is wrong, in one sentence.' }),
  end_user: Type.Record(Type.String(), Type.Unknown(), { description: 'The linked account that it is about, and whose it is.' }),
  first_incident_time: time,
  last_incident_time: time,
  is_muted: Type.Boolean(),
  error_details: Type.Array(Type.String(), { description: 'What was found at the latest incident.' }),
  linked_account_id: Type.String({ format: 'uuid' }),
  model: Type.String({ description: 'The model that was read when it was found; empty where none was.', examples: ['ticketing.Ticket'] }),
  code: Type.String({ description: 'The code of the fault.', examples: ['upstream.unauthorized'] }),
  incidents: Type.Integer({ description: 'How often it has happened.' }),
  resolved_at: orNull(time),
  log_id: orNull(Type.String({ format: 'uuid', description: 'The upstream log of the latest incident.' })),
}, { $id: 'Issue' })

const Query = Type.Object({
  cursor: Type.Optional(Type.String()),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 30 })),
  status: Type.Optional(Type.Union([Type.Literal('ONGOING'), Type.Literal('RESOLVED')])),
  linked_account_id: Type.Optional(Type.String({ format: 'uuid', description: 'Only issues of this linked account.' })),
  end_user_organization_name: Type.Optional(Type.String({ maxLength: 512 })),
  integration_name: Type.Optional(Type.String({ maxLength: 200, description: 'Only issues with this integration, by its name or its slug.' })),
  include_muted: Type.Optional(Type.String({ maxLength: 5, description: '`true` shows muted issues too.' })),
  start_date: instant('Only issues with an incident at this instant or later.'),
  end_date: instant('Only issues that began at this instant or earlier.'),
  first_incident_time_after: instant('Only issues that began after this instant.'),
  first_incident_time_before: instant('Only issues that began before this instant.'),
  last_incident_time_after: instant('Only issues whose latest incident was after this instant.'),
  last_incident_time_before: instant('Only issues whose latest incident was before this instant.'),
}, { additionalProperties: false })

export interface IssueRouteDeps { readonly database: Database; readonly cursorKeys: readonly CursorKey[]; readonly providers: ReadonlyMap<string, AnyProvider> }

/** What is wrong with the organisation's linked accounts; the same for every category. */
export const issueRoutes = ({ database, cursorKeys, providers }: IssueRouteDeps): FastifyPluginAsyncTypebox => async (app) => {
  const shown = ({ id, status, description, details, model, code, log_id, is_muted, incidents, first_incident_at, last_incident_at, resolved_at, linked_account_id, ...account }: IssueRow) => ({
    id, status, error_description: description, error_details: details, is_muted, first_incident_time: first_incident_at, last_incident_time: last_incident_at, linked_account_id, model, code, incidents, resolved_at, log_id,
    end_user: {
      id: linked_account_id, category: account.category, integration: providers.get(account.integration)?.name ?? account.integration, integration_slug: account.integration, status: account.account_status,
      end_user_origin_id: account.end_user_origin_id, end_user_organization_name: account.end_user_organization_name, end_user_email_address: account.end_user_email_address,
    },
  })
  const slugsOf = (name: string): string[] => [...providers.values()].filter((provider) => provider.name === name || provider.slug === name).map(({ slug }) => slug)

  for (const category of new Set(Object.values(models).map((model) => model.category))) {
    app.get(`/api/${category}/v1/issues`, {
      config: { scope: 'accounts:read' },
      schema: { tags: [category], summary: 'What is wrong with linked accounts', querystring: Query, response: { 200: Type.Object({ next: orNull(Type.String()), previous: Type.Null(), results: Type.Array(Issue) }) } },
    }, async ({ caller, query: { integration_name: name, ...query } }) => {
      const { next, results } = await listIssues(database, cursorKeys, caller!.organizationId, { ...query, ...(name !== undefined && { integrations: slugsOf(name) }) })
      return { next, previous: null, results: results.map(shown) }
    })

    app.get(`/api/${category}/v1/issues/:id`, {
      config: { scope: 'accounts:read' },
      schema: { tags: [category], summary: 'One issue', params: Type.Object({ id: Type.String({ format: 'uuid' }) }), response: { 200: Issue } },
    }, async ({ caller, params }) => {
      const row = await findIssue(database, caller!.organizationId, params.id)
      if (row === null) throw new Fault('request.not_found')
      return shown(row)
    })
  }
}
