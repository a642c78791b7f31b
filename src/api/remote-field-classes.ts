/** The vendor's fields beyond the model. */
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { hash } from 'node:crypto'
import type { CommonModel } from '#models'
import { readCursor, signCursor } from '../db/keyset.ts'
import { ownAccount } from '../http/caller.ts'
import { listClasses, type RemoteFieldClass } from '../records/remote-field-classes.ts'
import { READS, routed, type ModelRoutesDeps } from './model-access.ts'
import { flag, pageParameters, PAGE_SIZE } from './model-parameters.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const unknown = 'Null where the vendor does not say.'

export const classSchema = Type.Object({
  id: Type.String({ format: 'uuid' }),
  display_name: Type.String({ description: 'What people at the vendor call the field.' }),
  remote_key_name: Type.String({ description: 'What the vendor\'s API calls it.' }),
  description: orNull(Type.String({ description: unknown })),
  is_custom: Type.Boolean({ description: 'True: only what the common model lacks is listed here.' }),
  is_common_model_field: Type.Boolean({ description: 'False: only what the common model lacks is listed here.' }),
  is_required: orNull(Type.Boolean({ description: unknown })),
  field_type: orNull(Type.String({ description: unknown })),
  field_format: orNull(Type.String({ description: unknown })),
  field_choices: Type.Array(Type.Unknown(), { description: `Empty where the vendor names none.` }),
  item_schema: orNull(Type.Unknown({ description: unknown })),
})

export const classBody = ({ id, display_name, remote_key_name, description, is_required, field_type, field_choices }: RemoteFieldClass) => ({
  id, display_name, remote_key_name, description, is_custom: true, is_common_model_field: false, is_required, field_type, field_format: field_type, field_choices: [...field_choices], item_schema: null,
})

const accepted = flag('Accepted for compatibility: a class has no such data.')
const Query = Type.Object({
  ...pageParameters,
  ids: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { minItems: 1, maxItems: 100, description: 'Only these classes. Separated by commas, 100 at most.' })),
  is_common_model_field: Type.Optional(Type.Boolean({ description: 'Only classes of which this is so.' })),
  is_custom: Type.Optional(Type.Boolean({ description: 'Only classes of which this is so.' })),
  include_deleted_data: accepted,
  include_remote_data: accepted,
  include_remote_fields: accepted,
  include_shell_data: accepted,
})
interface ClassParameters { readonly cursor?: string; readonly page_size?: number; readonly ids?: readonly string[]; readonly is_common_model_field?: boolean; readonly is_custom?: boolean }

export const remoteFieldClassRoutes = ({ database, cursorKeys }: ModelRoutesDeps, model: CommonModel, path: string): FastifyPluginAsyncTypebox => async (app) => {
  app.get(routed(model, path), {
    config: READS,
    schema: {
      tags: [model.category], summary: `List the remote field classes of ${model.name}`, description: 'Those that the vendor lists and, where it lists none, those that a record of this account has been read with.', querystring: Query,
      response: { 200: Type.Object({ next: orNull(Type.String()), previous: Type.Null(), results: Type.Array(classSchema) }) },
    },
  }, async (request) => {
    const account = ownAccount(request, model)
    const { cursor, page_size: limit = PAGE_SIZE, ids, is_common_model_field: common, is_custom: custom } = request.query as ClassParameters
    const scope = `classes ${account.organizationId} ${account.id} ${model.id} ${hash('sha256', JSON.stringify([ids, common, custom]), 'base64url')}`
    const after = cursor === undefined ? null : String((readCursor(cursorKeys, scope, cursor) as { after: unknown }).after)
    const found = common === true || custom === false ? [] : await listClasses(database, account, model, { after, limit: limit + 1, ids: ids ?? null })
    const last = found.length > limit ? found[limit - 1] : undefined
    return { next: last === undefined ? null : signCursor(cursorKeys, scope, { after: last.id }), previous: null, results: found.slice(0, limit).map(classBody) }
  })
}
