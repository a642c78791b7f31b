import type { FastifyReply } from 'fastify'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Database } from '../db/client.ts'
import { readCursor, signCursor, type CursorKey, type Position } from '../db/keyset.ts'
import { Fault } from '../errors.ts'
import { feedHead, readFeed, type FeedPage, type FeedPlace } from './feed.ts'
import { organizationHead, readOrganizationFeed, type OrganizationPlace } from './organization-feed.ts'
import { openWaiters, type Waiters } from './wake.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const id = Type.String({ format: 'uuid' })

const ChangeSchema = Type.Object({
  seq: Type.Integer({ description: 'The place in the feed of this linked account: 1, 2, 3 without a gap.' }),
  linked_account_id: id,
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
  readonly waiters?: Waiters
}

/** Shorter than a request may take, and than a stop waits for requests. */
const LONGEST_WAIT_SECONDS = 25

type Page = FeedPage<unknown> & { readonly head: number | null }
/** A feed that can be followed, whoever's it is. */
interface Feed {
  readonly scope: string
  /** Whose changes wake those who wait. */
  readonly owner: string
  readonly atHead: () => Promise<Page>
  readonly read: (after: unknown) => Promise<Page>
}

function accountFeed(database: Database, account: { id: string; organizationId: string }, pageSize: number, model: string | null): Feed {
  return {
    scope: `changes ${account.organizationId} ${account.id}`,
    owner: account.id,
    async atHead() {
      const next = await feedHead(database, account)
      return { results: [], hasMore: false, next, head: next.seq }
    },
    read: (after) => readFeed(database, account, { after: after as FeedPlace | null, pageSize, model }),
  }
}

function organizationFeed(database: Database, organizationId: string, pageSize: number, model: string | null): Feed {
  return {
    scope: `changes ${organizationId}`,
    owner: organizationId,
    atHead: async () => ({ results: [], hasMore: false, next: await organizationHead(database, organizationId), head: null }),
    read: async (after) => ({ ...await readOrganizationFeed(database, organizationId, { after: after as OrganizationPlace | null, pageSize, model }), head: null }),
  }
}

/** `GET /api/v1/changes`: what happened to the records of a linked account, or of all of them, in order, exactly once per change. */
export const changeRoutes = ({ database, cursorKeys, models, waiters = openWaiters(database) }: ChangeRoutesDeps): FastifyPluginAsyncTypebox => async (app) => {
  // Before the server waits for its requests to end.
  app.addHook('preClose', () => waiters.close())
  app.get('/api/v1/changes', {
    config: { scope: 'records:read', account: 'optional' },
    schema: {
      tags: ['changes'],
      summary: 'Follow the changes of a linked account, or of all',
      description: 'With `X-Account-Token` the changes of that account; without it those of all linked accounts of the organisation, each account\'s in its own order. Keep `next` and pass it as `after` the next time; it is always there, also where nothing is new. Nothing is ever skipped: where the feed no longer reaches back to the cursor, or the database went back to an earlier state, the answer is 410 with what to do.',
      querystring: Type.Object({
        after: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description: 'The cursor up to which everything is known. Absent: from the beginning. `head`: from now on.' })),
        page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
        model: Type.Optional(Type.String({ maxLength: 100, description: 'Only changes of this model, like `ticketing.Ticket`.' })),
        wait: Type.Optional(Type.Integer({ minimum: 0, maximum: LONGEST_WAIT_SECONDS, default: 0, description: 'Where nothing is new: seconds to wait for something. The answer comes as soon as there is something, or empty.' })),
      }),
      response: {
        200: Type.Object({
          results: Type.Array(ChangeSchema),
          next: Type.String({ description: 'Pass it as `after` the next time.' }),
          has_more: Type.Boolean({ description: 'True where more can be read at once; this page may even be empty then.' }),
          head: orNull(Type.Integer({ description: 'The `seq` of the newest change of the account; null in the feed of all accounts.' })),
        }),
      },
    },
  }, async ({ query, account, caller }, reply) => {
    const { after, model = null, page_size: pageSize = 100, wait = 0 } = query
    const { organizationId } = caller!
    if (model !== null && !models.includes(model)) throw new Fault('request.invalid', { parameter: 'model', detail: `There is no model ${JSON.stringify(model)}. These are: ${models.join(', ')}.` })
    const feed = account === null ? organizationFeed(database, organizationId, pageSize, model) : accountFeed(database, account, pageSize, model)
    const answer = ({ results, next, hasMore, head }: Page) => ({ results, next: signCursor(cursorKeys, feed.scope, next as Position), has_more: hasMore, head })
    const place = after === undefined || after === 'head' ? null : readCursor(cursorKeys, feed.scope, after)
    if (wait === 0) return answer(after === 'head' ? await feed.atHead() : await feed.read(place))
    return answer(await follow(feed, waiters, { organizationId, from: after === 'head' ? (await feed.atHead()).next : place, ms: wait * 1_000, reply }))
  })
}

/** Reads, and where nothing is new reads again whenever something may be, until the time is up, nobody listens any more or the process stops. */
async function follow(feed: Feed, waiters: Waiters, { organizationId, from, ms, reply }: { organizationId: string; from: unknown; ms: number; reply: FastifyReply }): Promise<Page> {
  const until = performance.now() + ms
  const waiter = await waiters.join(organizationId, feed.owner)
  reply.raw.once('close', waiter.leave)
  try {
    for (let place = from; ;) {
      const page = await feed.read(place)
      const left = until - performance.now()
      if (page.results.length > 0 || page.hasMore || left <= 0 || waiters.closing() || reply.raw.closed) return page
      place = page.next
      await waiter.woken(left)
    }
  } finally {
    reply.raw.off('close', waiter.leave)
    waiter.leave()
  }
}
