/** `/openapi.json` and the reference at `/docs`, from the same definitions that the routes are made of. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { Models } from '../records/expand.ts'
import { servedModels } from './models.ts'
import { pageSchema, problemSchema, recordSchema, schemaName } from './schemas.ts'

type Operation = { responses?: Record<string, unknown>; parameters?: object[]; security?: object[] }
export interface OpenApiDocument {
  readonly paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, unknown>; securitySchemes?: object }
}

const json = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } })
const CSP = `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** Adds what the routes leave to the models: the shape of each record and page, and the one error body. */
function complete(document: OpenApiDocument, models: Models): OpenApiDocument {
  const schemas: Record<string, unknown> = { ...document.components?.schemas, Problem: problemSchema }
  for (const model of Object.values(models)) schemas[schemaName(model)] = recordSchema(models, model)
  for (const model of servedModels(models)) {
    const name = schemaName(model)
    schemas[`${name}Page`] = pageSchema(model)
    const address = `/api/${model.category}/v1/${model.path}`
    document.paths[address]!['get']!.responses = { 200: { description: `A page of ${model.path}.`, content: json(`${name}Page`) } }
    document.paths[`${address}/{id}`]!['get']!.responses = { 200: { description: 'The record.', content: json(name) } }
  }
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
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
    transform: ({ schema, url, route }) => {
      const { scope, account } = route.config ?? {}
      const security = scope === 'public' ? [] : account === undefined ? [{ apiKey: [] }] : account === 'optional' ? [{ apiKey: [] }, { apiKey: [], accountToken: [] }] : undefined
      return { url, schema: { ...schema, ...(security !== undefined && { security }) } }
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
    await docs.register(swaggerUi, { routePrefix: '/docs', staticCSP: CSP, theme: { title: 'Intermodal API', css: [{ filename: 'plain.css', content: '.swagger-ui .topbar { display: none }' }] }, uiConfig: { docExpansion: 'list', deepLinking: true, persistAuthorization: false } })
  })
}
