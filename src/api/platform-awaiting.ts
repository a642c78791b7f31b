/** Platform operations whose rooms are not built yet: routed, checked and documented, and answered with 501. The list of them is in `awaiting.ts`. */
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { TSchema } from '@sinclair/typebox'
import { models } from '#models'
import type { Scope } from '../http/caller.ts'
import { PassthroughBody } from '../passthrough/request.ts'
import { notYetServed } from './awaiting.ts'

const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const text = (options: { maxLength?: number; format?: string } = { maxLength: 512 }) => Type.Optional(orNull(Type.String(options)))
const flag = Type.Optional(orNull(Type.Boolean()))
const closed = { additionalProperties: false } as const

const linkFields = {
  end_user_email_address: Type.String({ minLength: 1, maxLength: 320 }),
  end_user_organization_name: Type.String({ minLength: 1, maxLength: 512 }),
  end_user_origin_id: Type.String({ minLength: 1, maxLength: 512 }),
}
/** Whom a link session is for, and what it may link. */
const EndUser = Type.Object({
  ...linkFields,
  categories: Type.Array(Type.String({ maxLength: 40 }), { minItems: 1, maxItems: 20 }),
  integration: text(),
  link_expiry_mins: Type.Optional(orNull(Type.Integer({ minimum: 30, maximum: 10_080 }))),
  should_create_magic_link_url: flag,
  hide_admin_magic_link: flag,
  common_models: Type.Optional(orNull(Type.Array(Type.Object({ model_id: Type.String(), enabled_actions: Type.Array(Type.String()), disabled_fields: Type.Array(Type.String()) }, closed), { maxItems: 100 }))),
  category_common_model_scopes: Type.Optional(orNull(Type.Record(Type.String(), Type.Unknown()))),
  language: text(),
  are_syncs_disabled: flag,
  integration_specific_config: Type.Optional(orNull(Type.Record(Type.String(), Type.Unknown()))),
  linked_destination_id: text({ format: 'uuid' }),
  completed_account_initial_screen: Type.Optional(Type.Unknown()),
  credential_id: text({ format: 'uuid' }),
  ekm_enabled: flag,
}, closed)
/** A form has only text, and no list of one: read as the schema wants it. What does not fit is left for the check to refuse. */
function fromForm(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body
  const numbers = new Set(['link_expiry_mins'])
  const flags = new Set(['should_create_magic_link_url', 'hide_admin_magic_link', 'are_syncs_disabled', 'ekm_enabled'])
  return Object.fromEntries(Object.entries(body).map(([name, value]: [string, unknown]) => {
    if (name === 'categories' && typeof value === 'string') return [name, [value]]
    if (numbers.has(name) && typeof value === 'string' && /^\d{1,9}$/.test(value)) return [name, Number(value)]
    return [name, flags.has(name) && (value === 'true' || value === 'false') ? value === 'true' : value]
  }))
}

const Receiver = Type.Object({ event: Type.String({ maxLength: 200 }), is_active: Type.Boolean(), key: text() }, closed)
const place = {
  remote_field_traversal_path: Type.Array(Type.Unknown(), { maxItems: 100 }),
  remote_method: Type.String({ maxLength: 20 }),
  remote_url_path: Type.String({ maxLength: 2048 }),
}
const TargetField = {
  target_field_name: Type.String({ minLength: 1, maxLength: 200 }),
  target_field_description: Type.String({ maxLength: 2000 }),
  common_model_name: Type.String({ maxLength: 100 }),
}
const Mapping = Type.Object({
  ...place, ...TargetField, jmes_path: text({ maxLength: 2000 }), organization_wide_target_field: text(), is_integration_wide: flag, advanced_mapping_expression: text({ maxLength: 2000 }),
}, closed)
const MappingChange = Type.Object({
  remote_field_traversal_path: Type.Optional(orNull(place.remote_field_traversal_path)), remote_method: Type.Optional(orNull(place.remote_method)), remote_url_path: Type.Optional(orNull(place.remote_url_path)),
  jmes_path: text({ maxLength: 2000 }), advanced_mapping_expression: text({ maxLength: 2000 }),
}, closed)

const iterations = { remote_data_iteration_count: Type.Optional(Type.Integer({ minimum: 1, maximum: 250 })) }
const metadata = { exclude_remote_field_metadata: Type.Optional(Type.Boolean()) }
const Id = (name: string) => Type.Object({ [name]: Type.String({ format: 'uuid' }) })
const PublicToken = Type.Object({ public_token: Type.String({ minLength: 1, maxLength: 200 }) })

interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly scope: Scope
  readonly summary: string
  readonly account?: 'required'
  readonly body?: TSchema
  readonly query?: TSchema
  readonly params?: TSchema
  readonly form?: true
}

const linkToken = { method: 'POST', scope: 'accounts:write', summary: 'Begin a link session', body: EndUser } as const
const accountToken = { method: 'GET', scope: 'accounts:write', summary: 'Exchange the public token of a link session for the account token', params: PublicToken } as const

const inEachCategory: readonly Operation[] = [
  { ...linkToken, path: '/link-token' },
  { ...accountToken, path: '/account-token/:public_token' },
  { method: 'POST', path: '/async-passthrough', scope: 'passthrough', account: 'required', summary: 'Send the vendor a request of your own, and fetch the answer later', body: PassthroughBody },
  { method: 'GET', path: '/async-passthrough/:async_passthrough_receipt_id', scope: 'passthrough', account: 'required', summary: 'The answer to an asynchronous passthrough request', params: Id('async_passthrough_receipt_id') },
  { method: 'GET', path: '/webhook-receivers', scope: 'accounts:read', account: 'required', summary: 'List where the vendor calls in' },
  { method: 'POST', path: '/webhook-receivers', scope: 'accounts:write', account: 'required', summary: 'Let the vendor call in', body: Receiver },
  { method: 'GET', path: '/field-mappings', scope: 'accounts:read', account: 'required', summary: 'List field mappings', query: Type.Object(metadata) },
  { method: 'POST', path: '/field-mappings', scope: 'accounts:write', account: 'required', summary: 'Map a field of the vendor\'s', body: Mapping, query: Type.Object({ ...metadata, ...iterations }) },
  { method: 'PATCH', path: '/field-mappings/:field_mapping_id', scope: 'accounts:write', account: 'required', summary: 'Change a field mapping', params: Id('field_mapping_id'), body: MappingChange, query: Type.Object(iterations) },
  { method: 'DELETE', path: '/field-mappings/:field_mapping_id', scope: 'accounts:write', account: 'required', summary: 'Remove a field mapping', params: Id('field_mapping_id') },
  { method: 'GET', path: '/remote-fields', scope: 'accounts:read', account: 'required', summary: 'List the vendor\'s fields that can be mapped', query: Type.Object({ common_models: Type.Optional(Type.String({ maxLength: 2000 })), include_example_values: Type.Optional(Type.String({ maxLength: 5 })) }) },
  { method: 'GET', path: '/target-fields', scope: 'accounts:read', account: 'required', summary: 'List the fields that the vendor\'s can be mapped to' },
  { method: 'POST', path: '/target-fields', scope: 'accounts:write', account: 'required', summary: 'Add a field that the vendor\'s can be mapped to', body: Type.Object(TargetField, closed) },
]

const outside: readonly Operation[] = [
  { ...linkToken, path: '/api/integrations/create-link-token', form: true },
  { ...accountToken, path: '/api/integrations/account-token/:public_token' },
]

export const platformAwaitingRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const add = (tag: string, { method, path, scope, summary, account, body, query, params, form }: Operation): void => {
    const operation = `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`
    // Said now, so that an operation which the list lacks stops the start.
    notYetServed(operation)
    app.route({
      method, url: path,
      config: { scope, ...(account !== undefined && { account }), ...(form === true && { form }) },
      schema: { tags: [tag], summary, ...(body !== undefined && { body }), ...(query !== undefined && { querystring: query }), ...(params !== undefined && { params }) },
      ...(form === true && { preValidation: async (request) => { if (!/json/i.test(request.headers['content-type'] ?? '')) request.body = fromForm(request.body) } }),
      handler: async () => { throw notYetServed(operation) },
    })
  }
  for (const category of new Set(Object.values(models).map((model) => model.category))) for (const operation of inEachCategory) add(category, { ...operation, path: `/api/${category}/v1${operation.path}` })
  for (const operation of outside) add('platform', operation)
}
