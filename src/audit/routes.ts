import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { models } from '#models'
import type { Database } from '../db/client.ts'
import type { CursorKey } from '../db/keyset.ts'
import { listAudit } from './list.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const day = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const Event = Type.Object({
  id: Type.String({ format: 'uuid' }),
  user_name: orNull(Type.String({ description: 'Always null: keys act here, not people.' })),
  user_email: orNull(Type.String({ description: 'Always null: keys act here, not people.' })),
  role: Type.String({ description: 'API for an API key, SYSTEM for the service itself.', examples: ['API', 'SYSTEM'] }),
  ip_address: Type.String({ description: 'Where the request came from; empty for the service itself.' }),
  event_type: Type.String({ examples: ['DELETED_LINKED_ACCOUNT'] }),
  event_description: Type.String(),
  created_at: Type.String({ format: 'date-time' }),
  subject: orNull(Type.String({ description: 'The id of what it was done to.' })),
  api_key_id: orNull(Type.String({ format: 'uuid' })),
}, { $id: 'AuditLogEvent' })

const Query = Type.Object({
  cursor: Type.Optional(Type.String()),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 30 })),
  event_type: Type.Optional(Type.String({ maxLength: 100, description: 'Only events of this type.' })),
  start_date: day('Only events at this instant or later.'),
  end_date: day('Only events at this instant or earlier.'),
  user_email: Type.Optional(Type.String({ maxLength: 320, description: 'Only what this person did. Nobody signs in with an address here yet, so nothing matches.' })),
}, { additionalProperties: false })

/** Who did what, newest first. The trail is the organisation's, so every category shows the same. */
export const auditRoutes = ({ database, cursorKeys }: { readonly database: Database; readonly cursorKeys: readonly CursorKey[] }): FastifyPluginAsyncTypebox => async (app) => {
  for (const category of new Set(Object.values(models).map((model) => model.category))) {
    app.get(`/api/${category}/v1/audit-trail`, {
      config: { scope: 'audit:read' },
      schema: { tags: [category], summary: 'Who did what in the organisation', querystring: Query, response: { 200: Type.Object({ next: orNull(Type.String()), previous: Type.Null(), results: Type.Array(Event) }) } },
    }, async ({ caller, query }) => {
      if (query.user_email !== undefined) return { next: null, previous: null, results: [] }
      const { next, results } = await listAudit(database, cursorKeys, caller!.organizationId, query)
      return {
        next, previous: null, results: results.map(({ id, at, event_type, description, subject, api_key_id, ip_address }) =>
          ({ id, user_name: null, user_email: null, role: api_key_id === null ? 'SYSTEM' : 'API', ip_address, event_type, event_description: description, created_at: at, subject, api_key_id })),
      }
    })
  }
}
