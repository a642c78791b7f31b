/** What a write would take, as a JSON schema, and whether it could be made now. */
import { Type, type FastifyPluginAsyncTypebox, type TProperties } from '@fastify/type-provider-typebox'
import type { CommonModel, WriteFields } from '#models'
import { Fault } from '../errors.ts'
import type { CallerAccount } from '../http/caller.ts'
import { ownAccount } from '../http/caller.ts'
import { isUuid } from '../http/formats.ts'
import { findRecord } from '../records/query.ts'
import { listClasses, type RemoteFieldClass } from '../records/remote-field-classes.ts'
import { isAwaited } from './awaiting.ts'
import { below, documented, pathParams, READS, routed, type ModelRoutesDeps, type PathParams } from './model-access.ts'
import { bodySchema } from './model-writes.ts'
import { classBody, classSchema } from './remote-field-classes.ts'

const MOST_CLASSES = 1_000

const Meta = Type.Object({
  request_schema: Type.Unknown({ description: 'JSON schema of the body of the write.' }),
  remote_field_classes: Type.Record(Type.String(), classSchema, { description: 'The vendor\'s own fields that records of this account have been seen with, by their key.' }),
  status: Type.Object({
    linked_account_status: Type.String({ examples: ['COMPLETE'] }),
    can_make_request: Type.Boolean({ description: 'Whether the write would be carried out now: the account is connected, and this server serves the write.' }),
  }),
  has_conditional_params: Type.Boolean(),
  has_required_linked_account_params: Type.Boolean(),
  remote_fields: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { description: 'The ids of the classes in `remote_field_classes`, where the model has remote fields.' })),
})

/** Parameters by which some vendors let the schema depend on where the record is to be. */
const dependsOn: Readonly<Record<string, TProperties>> = {
  'ticketing.Ticket': {
    collection_id: Type.Optional(Type.String({ format: 'uuid', description: 'The collection that the ticket is to be in, for vendors whose schema depends on it.' })),
    ticket_type: Type.Optional(Type.String({ maxLength: 1024, description: 'The kind of the ticket, for vendors whose schema depends on it.' })),
  },
}

export const metaRoutes = (deps: ModelRoutesDeps, model: CommonModel): FastifyPluginAsyncTypebox => async (app) => {
  const meta = async (account: CallerAccount, fields: WriteFields, operation: string) => {
    const classes: RemoteFieldClass[] = model.hasRemoteFields ? await listClasses(deps.database, account, model, { after: null, limit: MOST_CLASSES, ids: null }) : []
    return {
      request_schema: bodySchema(model, fields),
      remote_field_classes: Object.fromEntries(classes.map((found) => [found.remote_key_name, classBody(found)])),
      status: { linked_account_status: account.status, can_make_request: account.status === 'COMPLETE' && !isAwaited(operation) },
      has_conditional_params: false,
      has_required_linked_account_params: false,
      ...(model.hasRemoteFields && { remote_fields: classes.map(({ id }) => id) }),
    }
  }
  const { create, update } = model.writes
  if (create !== null) {
    const path = `${model.path}/meta/post`
    app.get<{ Params: PathParams }>(routed(model, path), {
      config: READS,
      schema: { tags: [model.category], summary: `What creating one ${model.name} takes`, params: pathParams(path), querystring: Type.Object(dependsOn[model.id] ?? {}), response: { 200: Meta } },
    }, async (request) => {
      const account = ownAccount(request, model)
      await below(deps, account, model.lists[0], request.params)
      return meta(account, create, `POST ${documented(model, model.path)}`)
    })
  }
  if (update !== null) {
    const path = `${model.path}/meta/patch/{id}`
    app.get<{ Params: PathParams }>(routed(model, path), {
      config: READS,
      schema: { tags: [model.category], summary: `What updating this ${model.name} takes`, params: pathParams(path), response: { 200: Meta } },
    }, async (request) => {
      const account = ownAccount(request, model)
      const id = request.params['id']!
      if (!isUuid(id) || await findRecord(deps.database, account, model, id) === null) throw new Fault('request.not_found')
      return meta(account, update, `PATCH ${documented(model, `${model.path}/{id}`)}`)
    })
  }
}
