/** `/openapi.json` and the reference at `/docs`, from the same definitions that the routes are made of. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { Models } from '../records/expand.ts'
import { isAwaited } from './awaiting.ts'
import { acrossAccounts, documented } from './model-access.ts'
import { aggregatedSchema, pageSchema, problemSchema, recordAccountSchema, recordSchema, schemaName } from './schemas.ts'

type Body = { required?: boolean; readonly content: Readonly<Record<string, { readonly schema: { readonly anyOf?: readonly { readonly type?: string }[] } }>> }
type Operation = { operationId?: string; responses?: Record<string, unknown>; parameters?: object[]; security?: object[]; requestBody?: Body }
export interface OpenApiDocument {
  readonly paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, unknown>; securitySchemes?: object }
}

const json = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } })
const CSP = `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** A body that may be null may be left out. */
const mayBeLeftOut = ({ content }: Body): boolean => Object.values(content).every(({ schema }) => schema.anyOf?.some(({ type }) => type === 'null') === true)

const capitalised = (text: string): string => text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '').map((word) => `${word[0]!.toUpperCase()}${word.slice(1)}`).join('')
/** `get /api/ticketing/v1/tickets/{id}` is `getTicketingTicketsById`: what generators name their functions after. */
const operationId = (method: string, path: string): string =>
  `${method}${path.replace(/^\/api\/(?:(\w+)\/v1\/)?/, '$1/').split('/').map((part) => (part.startsWith('{') ? `By${capitalised(part)}` : capitalised(part))).join('')}`

/** Adds what the routes leave to the models: the shape of each record and page, and the one error body. */
function complete(document: OpenApiDocument, models: Models): OpenApiDocument {
  const schemas: Record<string, unknown> = { ...document.components?.schemas, Problem: problemSchema, RecordAccount: recordAccountSchema }
  for (const model of Object.values(models)) schemas[schemaName(model)] = recordSchema(models, model)
  for (const model of Object.values(models)) {
    const name = schemaName(model)
    schemas[`${name}Page`] = pageSchema(name)
    schemas[`Aggregated${name}`] = aggregatedSchema(name)
    schemas[`Aggregated${name}Page`] = pageSchema(`Aggregated${name}`)
    document.paths[acrossAccounts(model)]!['get']!.responses = { 200: { description: 'A page of records, account after account.', content: json(`Aggregated${name}Page`) } }
    for (const { path } of model.lists) document.paths[documented(model, path)]!['get']!.responses = { 200: { description: `A page of ${path.split('/').at(-1)!}.`, content: json(`${name}Page`) } }
    if (model.retrievable) document.paths[documented(model, `${model.path}/{id}`)]!['get']!.responses = { 200: { description: 'The record.', content: json(name) } }
  }
  for (const [path, methods] of Object.entries(document.paths)) for (const [method, operation] of Object.entries(methods)) {
    if (isAwaited(`${method.toUpperCase()} ${path}`)) operation.responses = { 501: { description: 'Always, for now: the request is checked and not carried out.', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } } }
    if (operation.requestBody !== undefined && mayBeLeftOut(operation.requestBody)) operation.requestBody.required = false
    operation.operationId = operationId(method, path)
    operation.responses = { ...operation.responses, default: { description: 'What went wrong.', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } } }
  }
  document.components = { ...document.components, schemas }
  return document
}

export async function registerOpenApi(app: FastifyInstance, models: Models): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Intermodal', version: '1', description: 'One API for the systems that your customers use. Every request carries an API key; requests for the data of one end customer also name the linked account.' },
      components: { securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'The API key of your organisation.' },
        accountToken: { type: 'apiKey', in: 'header', name: 'X-Account-Token', description: 'The linked account whose data is meant.' },
      } },
      security: [{ apiKey: [], accountToken: [] }],
    },
    hideUntagged: true,
    refResolver: { buildLocalReference: (schema, _base, _fragment, n) => (typeof schema['$id'] === 'string' ? schema['$id'] : `Shape${n}`) },
    transform: ({ schema, url, route }) => {
      const { scope, account, deprecated } = route.config ?? {}
      const security = scope === 'public' ? [] : account === undefined ? [{ apiKey: [] }] : account === 'optional' ? [{ apiKey: [] }, { apiKey: [], accountToken: [] }] : undefined
      return { url, schema: { ...schema, ...(security !== undefined && { security }), ...(deprecated !== undefined && { deprecated: true }) } }
    },
    transformObject: (input) => complete(('openapiObject' in input ? input.openapiObject : input.swaggerObject) as unknown as OpenApiDocument, models) as never,
  })
  let text: Buffer | null = null
  app.get('/openapi.json', { config: { scope: 'public' }, schema: { hide: true } }, async (_, reply) => {
    text ??= Buffer.from(JSON.stringify(app.swagger()))
    return reply.type('application/json; charset=utf-8').send(text)
  })
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => { route.config = { ...route.config, scope: 'public' } })
    await docs.register(swaggerUi, { routePrefix: '/docs', staticCSP: CSP, theme: { title: 'Intermodal API', css: [{ filename: 'plain.css', content: '.swagger-ui .topbar { display: none }' }] }, uiConfig: { docExpansion: 'none', deepLinking: true, persistAuthorization: false } })
  })
}
