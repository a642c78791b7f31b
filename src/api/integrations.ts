import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { AnyProvider, FormFields } from '#kit'
import { faceOf, IntegrationFace } from '../accounts/integration.ts'
import { readCursor, signCursor, type CursorKey } from '../db/keyset.ts'

const FieldSchema = Type.Object({ name: Type.String(), label: Type.String(), hint: Type.Union([Type.String(), Type.Null()]) })
const IntegrationSchema = Type.Object({
  slug: Type.String(),
  name: Type.String(),
  categories: Type.Array(Type.String()),
  docs: Type.String({ description: 'The vendor\'s own documentation of its API.' }),
  setup_fields: Type.Array(FieldSchema),
  credential_fields: Type.Array(FieldSchema),
  models: Type.Array(Type.String(), { description: 'What is read from this vendor.', examples: [['ticketing.Ticket']] }),
})

const fieldsOf = (fields: FormFields) => Object.entries(fields).map(([name, { label, hint = null }]) => ({ name, label, hint }))

/** The vendors that can be linked here: in full with what each asks for, and in the two forms that clients of the market's API know. Public, like a price list. */
export const integrationRoutes = (providers: readonly AnyProvider[], cursorKeys: readonly CursorKey[]): FastifyPluginAsyncTypebox => async (app) => {
  const results = providers.map(({ slug, name, categories, docs, setup, auth, resources }) => ({
    slug, name, categories: [...categories], docs, setup_fields: fieldsOf(setup as FormFields), credential_fields: fieldsOf(auth.fields as FormFields),
    models: [...new Set(resources.map(({ model }) => model.id))],
  }))
  app.get('/api/v1/integrations', {
    config: { scope: 'public' },
    schema: { tags: ['platform'], summary: 'List the vendors that can be linked', security: [], response: { 200: Type.Object({ results: Type.Array(IntegrationSchema) }) } },
  }, async () => ({ results }))

  const faces = [...providers].sort((a, b) => (a.slug < b.slug ? -1 : 1)).map(faceOf)
  app.get('/api/integrations', {
    config: { scope: 'public' },
    schema: { tags: ['platform'], summary: 'The vendors that can be linked, as a bare list', security: [], response: { 200: Type.Array(IntegrationFace) } },
  }, async () => faces)

  app.get('/api/organizations/integrations', {
    config: { scope: 'accounts:read' },
    schema: {
      tags: ['platform'], summary: 'The vendors that the organisation can link', description: 'All that are offered here: an organisation cannot switch any off yet.',
      querystring: Type.Object({ cursor: Type.Optional(Type.String()), page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 30 })) }),
      response: { 200: Type.Object({ next: Type.Union([Type.String(), Type.Null()]), previous: Type.Null(), results: Type.Array(IntegrationFace) }) },
    },
  }, async ({ caller, query: { cursor, page_size: size = 30 } }) => {
    const scope = `integrations ${caller!.organizationId}`
    const behind = cursor === undefined ? '' : (readCursor(cursorKeys, scope, cursor) as { slug: string }).slug
    const rest = faces.filter(({ slug }) => slug > behind)
    const page = rest.slice(0, size)
    return { next: rest.length > size ? signCursor(cursorKeys, scope, { slug: page.at(-1)!.slug }) : null, previous: null, results: page }
  })
}
