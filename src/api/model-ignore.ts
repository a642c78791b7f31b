/** Forget a record and leave it alone from now on: for people who ask to be forgotten. */
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { CommonModel } from '#models'
import { actorOf, audit } from '../audit/audit.ts'
import { Fault } from '../errors.ts'
import { ownAccount } from '../http/caller.ts'
import { isUuid } from '../http/formats.ts'
import { ignoreRecord } from '../records/erase.ts'
import { pathParams, routed, WRITES, type ModelRoutesDeps, type PathParams } from './model-access.ts'

const Body = Type.Object({
  reason: Type.String({ minLength: 1, maxLength: 100, description: 'Why. Kept with the date; another word of yours is taken too.', examples: ['GENERAL_CUSTOMER_REQUEST', 'GDPR', 'OTHER'] }),
  message: Type.Optional(Type.Union([Type.String({ maxLength: 2_000 }), Type.Null()], { description: 'Anything to remember about it. Do not repeat here what is to be forgotten.' })),
}, { additionalProperties: false })

export const ignoreRoute = ({ database, onChanges }: ModelRoutesDeps, model: CommonModel): FastifyPluginAsyncTypebox => async (app) => {
  const path = `${model.path}/ignore/{model_id}`
  app.post<{ Params: PathParams; Body: { reason: string; message?: string | null } }>(routed(model, path), {
    config: WRITES,
    schema: {
      tags: [model.category], summary: `Forget one ${model.name}`, params: pathParams(path), body: Body, response: { 200: Type.Null() },
      description: 'Erases every field of the record, its originals, and the log bodies that it came with, and keeps later syncs from writing it again. The ids stay, so that the change feed can tell whoever has a copy; the entry has the cause `erase`. What is forgotten here stays as it is at the vendor.',
    },
  }, async (request, reply) => {
    const account = ownAccount(request, model)
    const id = request.params['model_id']!.toLowerCase()
    const { reason, message = null } = request.body
    const done = isUuid(id) && await ignoreRecord(database, account, model, id, { reason, message }, (client) =>
      audit(client, { organizationId: account.organizationId, event: 'IGNORED_RECORD', description: `A record of ${model.id} was erased and is ignored from now on.`, subject: id, actor: actorOf(request) }))
    if (!done) throw new Fault('request.not_found')
    onChanges?.({ organizationId: account.organizationId, linkedAccountId: account.id })
    return reply.code(200).send()
  })
}
