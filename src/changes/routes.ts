import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Database } from '../db/client.ts'
import { readCursor, signCursor, type CursorKey } from '../db/keyset.ts'
import { Fault } from '../errors.ts'
import type { CallerAccount } from '../http/caller.ts'
import { feedHead, readFeed, type FeedPlace } from './feed.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const id = Type.String({ format: 'uuid' })

const ChangeSchema = Type.Object({
  seq: Type.Integer({ description: 'The place in the feed of this linked account: 1, 2, 3 without a gap.' }),
  model: Type.String({ examples: ['ticketing.Ticket'] }),
  record_id: id,
  remote_id: Type.String(),
  what: Type.String({ examples: ['created', 'updated', 'deleted', 'restored'] }),
  cause: Type.String({ examples: ['sync'], description: 'What brought the change about.' }),
  fields: orNull(Type.Array(Type.String())),
  raw_version: orNull(Type.Integer({ description: 'The version of the vendor\'s original that the record was then made from.' })),
  run_id: orNull(id),
  log_id: orNull(id),
  at: Type.String({ format: 'date-time', description: 'The same instant as `modified_at` of the record then.' }),
})

export interface ChangeRoutesDeps {
  readonly database: Database
  readonly cursorKeys: readonly CursorKey[]
  /** The ids of all common models. */
  readonly models: readonly string[]
}

const cursorScope = (account: CallerAccount): string => `changes ${account.organizationId} ${account.id}`

/** `GET /api/v1/changes`: what happened to the records of one linked account, in order, exactly once per change. */
export const changeRoutes = ({ database, cursorKeys, models }: ChangeRoutesDeps): FastifyPluginAsyncTypebox => async (app) => {
  app.get('/api/v1/changes', {
    config: { scope: 'records:read', account: 'required' },
    schema: {
      tags: ['changes'],
      summary: 'Follow the changes of a linked account',
      description: 'Keep `next` and pass it as `after` the next time; it is always there, also where nothing is new. Nothing is ever skipped: where the feed no longer reaches back to the cursor, the answer is 410 with what to do.',
      querystring: Type.Object({
        after: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description: 'The cursor up to which everything is known. Absent: from the beginning. `head`: from now on.' })),
        page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
        model: Type.Optional(Type.String({ maxLength: 100, description: 'Only changes of this model, like `ticketing.Ticket`.' })),
      }),
      response: {
        200: Type.Object({
          results: Type.Array(ChangeSchema),
          next: Type.String({ description: 'Pass it as `after` the next time.' }),
          has_more: Type.Boolean({ description: 'True where more can be read at once.' }),
          head: Type.Integer({ description: 'The `seq` of the newest change of the account.' }),
        }),
      },
    },
  }, async ({ query, account }) => {
    const own = account!
    const scope = cursorScope(own)
    const sign = ({ epoch, seq }: FeedPlace): string => signCursor(cursorKeys, scope, { epoch, seq })
    const { after, model = null, page_size: pageSize = 100 } = query
    if (model !== null && !models.includes(model)) throw new Fault('request.invalid', { parameter: 'model', detail: `There is no model ${JSON.stringify(model)}. These are: ${models.join(', ')}.` })
    if (after === 'head') {
      const place = await feedHead(database, own)
      return { results: [], next: sign(place), has_more: false, head: place.seq }
    }
    const place = after === undefined ? null : readCursor(cursorKeys, scope, after) as unknown as FeedPlace
    const page = await readFeed(database, own, { after: place, pageSize, model })
    return { results: page.results, next: sign(page.next), has_more: page.hasMore, head: page.head }
  })
}
