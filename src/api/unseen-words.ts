import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Database } from '../db/client.ts'
import { readCursor, signCursor, type CursorKey } from '../db/keyset.ts'
import { listUnseen, type WordPlace } from '../records/unseen.ts'
import { READS } from './model-access.ts'
import { PAGE_SIZE } from './model-parameters.ts'

const Word = Type.Object({
  model: Type.String({ examples: ['ticketing.Ticket'] }),
  field: Type.String({ examples: ['status'] }),
  word: Type.String({ description: 'As the vendor writes it, and as records show it.' }),
  times: Type.Integer({ description: 'How many new or changed records came with it.' }),
  first_seen_at: Type.String({ format: 'date-time' }),
  last_seen_at: Type.String({ format: 'date-time' }),
})

/** `GET /api/v1/unseen-words`: where a program that knows our words alone will meet another. */
export const unseenWordRoutes = ({ database, cursorKeys }: { readonly database: Database; readonly cursorKeys: readonly CursorKey[] }): FastifyPluginAsyncTypebox => async (app) => {
  app.get('/api/v1/unseen-words', {
    config: READS,
    schema: {
      tags: ['changes'], summary: 'List vendor words that we have no word for',
      description: 'Enums are open: a vendor\'s word without a counterpart among ours is served as it came. Here is which words came so, in which fields, and how often.',
      querystring: Type.Object({
        cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2048, description: '`next` of an earlier page.' })),
        page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: PAGE_SIZE })),
      }),
      response: { 200: Type.Object({ next: Type.Union([Type.String(), Type.Null()]), previous: Type.Null(), results: Type.Array(Word) }) },
    },
  }, async ({ account, query }) => {
    const { id, organizationId } = account!
    const { cursor, page_size: size = PAGE_SIZE } = query
    const scope = `unseen ${organizationId} ${id}`
    const found = await listUnseen(database, { id, organizationId }, cursor === undefined ? null : readCursor(cursorKeys, scope, cursor) as unknown as WordPlace, size + 1)
    const last = found.length > size ? found[size - 1]! : null
    return { next: last === null ? null : signCursor(cursorKeys, scope, { model: last.model, field: last.field, word: last.word }), previous: null, results: found.slice(0, size) }
  })
}
