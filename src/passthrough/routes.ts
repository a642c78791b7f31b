import type { FastifyPluginAsyncTypebox, Static } from '@fastify/type-provider-typebox'
import { models } from '#models'
import type { AccountWork } from '../accounts/account.ts'
import { actorOf, audit } from '../audit/audit.ts'
import type { Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import { isAllowed, ruleText } from '../http/passthrough-rules.ts'
import { IdempotencyHeaders, type Once } from '../idempotency/once.ts'
import type { LogWriter } from '../logs/entry.ts'
import { isRestricted, readScopes } from '../accounts/scopes.ts'
import type { RawDoor } from '../upstream/door.ts'
import { RemoteResponse, remoteResponse } from './answer.ts'
import { changesSomething, methodsOf, PassthroughBody, rawRequest } from './request.ts'

export interface PassthroughDeps {
  readonly database: Database
  readonly door: RawDoor
  readonly logs: LogWriter
  readonly once: Once
  readonly account: (organizationId: string, linkedAccountId: string) => Promise<AccountWork | null>
  /** Sooner than the server gives the request up, so that there is an answer. */
  readonly deadlineMs?: number
}

/** A request of the caller's own to the vendor of a linked account: with its credentials, to its address, through the one door. */
export const passthroughRoutes = ({ database, door, logs, once, account: load, deadlineMs = 25_000 }: PassthroughDeps): FastifyPluginAsyncTypebox => async (app) => {
  for (const category of new Set(Object.values(models).map((model) => model.category))) {
    app.post(`/api/${category}/v1/passthrough`, {
      config: { scope: 'passthrough', account: 'required' },
      schema: {
        tags: [category], summary: 'Send the vendor a request of your own',
        description: 'The credentials of the linked account are added, and the request is logged like any other. What the vendor answers is in the body, also where it is an error. A method that changes something needs the scope passthrough:write besides. A key that was made with passthrough rules sends what one of them allows, and nothing else. With the header `Idempotency-Key` it is carried out once, however often it is sent.',
        headers: IdempotencyHeaders, body: PassthroughBody, response: { 200: RemoteResponse },
      },
    }, async (request, reply) => {
      const { body, caller } = request
      const { id, organizationId, integration } = request.account!
      if (changesSomething(body.method) && !caller!.scopes.includes('passthrough:write')) throw new Fault('request.forbidden', { detail: `${body.method} needs an API key with the scope passthrough:write.`, requiredScope: 'passthrough:write' })
      const raw = rawRequest(body)
      const rules = caller!.passthroughRules
      if (rules !== null && !methodsOf(raw).every((method) => isAllowed(rules, { method, path: raw.path, integration, linkedAccountId: id }))) {
        await database.tenant(organizationId, (client) => audit(client, { organizationId, event: 'PASSTHROUGH_REFUSED', description: `${raw.method} was not sent to the vendor of a linked account: no rule of the API key allows it; request ${request.id}.`, subject: id, actor: actorOf(request) }))
        const has = rules.map(ruleText)
        throw new Fault('request.forbidden', { detail: `No passthrough rule of this API key allows ${raw.method} ${raw.path} for this account. ${has.length === 0 ? 'It has none, so nothing is allowed.' : `It has: ${has.join('; ')}.`}`, passthroughRules: has })
      }
      const account = await load(organizationId, id)
      if (account === null) throw new Fault('account.needs_relink')
      const isFree = async (): Promise<boolean> => !isRestricted(await readScopes(database, organizationId, id), account.provider.resources.map(({ model }) => model.id))
      const bodies = await isFree()
      const send = async (): Promise<Static<typeof RemoteResponse>> => {
        // Before it leaves: a process that dies on the way has still said what it was about to do.
        await database.tenant(organizationId, (client) => audit(client, { organizationId, event: 'PASSTHROUGH_REQUEST', description: `${raw.method} was sent to the vendor of a linked account; request ${request.id}.`, subject: id, actor: actorOf(request) }))
        const late = new AbortController()
        const timer = setTimeout(() => late.abort(new Fault('passthrough.timed_out', { detail: `The vendor did not answer within ${deadlineMs / 1000} seconds.` })), deadlineMs)
        try {
          return remoteResponse({ ...raw, path: body.path }, await door.pass(account, { traceId: request.id, requestId: request.id, signal: late.signal, bodies }, raw), body.normalize_response === true)
        } catch (error) {
          if (late.signal.aborted) throw error instanceof Fault ? error : late.signal.reason
          throw error instanceof Fault && error.code === 'upstream.timed_out' ? new Fault('passthrough.timed_out', error.facts, error) : error
        } finally {
          clearTimeout(timer)
          // Whoever is told of a log can read it.
          await logs.flush()
        }
      }
      const key = request.headers['idempotency-key']
      if (key === undefined || !changesSomething(body.method)) return send()
      const { answer, replayed } = await once({ organizationId, linkedAccountId: id, route: 'passthrough', key }, { content: body, keep: isFree }, send)
      if (replayed) reply.header('idempotent-replayed', 'true')
      return answer
    })
  }
}
