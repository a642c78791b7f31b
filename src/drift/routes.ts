import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Database } from '../db/client.ts'
import type { CursorKey } from '../db/keyset.ts'
import { listDrift } from './list.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])

const Found = Type.Object({
  integration: Type.String({ description: 'The slug of the integration.' }),
  model: Type.String({ examples: ['ticketing.Ticket'] }),
  what: Type.String({ examples: ['new_field', 'lost_field', 'retyped_field', 'unseen_word'] }),
  path: Type.String({ description: 'The vendor\'s field, from the top of the payload: `[]` are the items of a list, `*` what lies under keys that are data. For a word, the field of the common model.', examples: ['author.email'] }),
  before: orNull(Type.String({ description: 'The types that the field was known with. Null for what is new.' })),
  after: orNull(Type.String({ description: 'The type that came, or the word. Null for a field that is gone.' })),
  accounts: Type.Integer({ description: 'How many linked accounts show it.' }),
  times: Type.Integer({ description: 'How often it was seen. Of large pages only some payloads are looked at.' }),
  first_seen_at: Type.String({ format: 'date-time' }),
  last_seen_at: Type.String({ format: 'date-time' }),
})

const Query = Type.Object({
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2048, description: '`next` of an earlier page.' })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 30 })),
  integration: Type.Optional(Type.String({ maxLength: 100, description: 'Only this vendor, by its slug.' })),
  model: Type.Optional(Type.String({ maxLength: 100, description: 'Only this common model.' })),
  what: Type.Optional(Type.Union(['new_field', 'lost_field', 'retyped_field', 'unseen_word'].map((what) => Type.Literal(what)), { description: 'Only differences of this kind.' })),
  linked_account_id: Type.Optional(Type.String({ format: 'uuid', description: 'Only what this linked account shows.' })),
}, { additionalProperties: false })

/** `GET /api/v1/drift`: where vendors no longer send what they used to. */
export const driftRoutes = ({ database, cursorKeys }: { readonly database: Database; readonly cursorKeys: readonly CursorKey[] }): FastifyPluginAsyncTypebox => async (app) => {
  app.get('/api/v1/drift', {
    config: { scope: 'records:read' },
    schema: {
      tags: ['platform'], summary: 'List how vendors\' payloads have changed',
      description: 'What each linked account sends is learnt as names and types, without values. A field that is new, gone or of another type, or a word that our enums lack, stands here once, with counts. Nothing breaks by it: records go on being read.',
      querystring: Query, response: { 200: Type.Object({ next: orNull(Type.String()), previous: Type.Null(), results: Type.Array(Found) }) },
    },
  }, async ({ caller, query }) => {
    const { next, results } = await listDrift(database, cursorKeys, caller!.organizationId, query)
    return { next, previous: null, results: results.map(({ before, after, ...row }) => ({ ...row, before: before === '' ? null : before, after: after === '' ? null : after })) }
  })
}
