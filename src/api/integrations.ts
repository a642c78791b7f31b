import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { AnyProvider, FormFields } from '#kit'

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

/** `GET /api/v1/integrations`: the vendors that can be linked here, and what each asks for. Public, like a price list. */
export const integrationRoutes = (providers: readonly AnyProvider[]): FastifyPluginAsyncTypebox => async (app) => {
  const results = providers.map(({ slug, name, categories, docs, setup, auth, resources }) => ({
    slug, name, categories: [...categories], docs, setup_fields: fieldsOf(setup as FormFields), credential_fields: fieldsOf(auth.fields as FormFields),
    models: [...new Set(resources.map(({ model }) => model.id))],
  }))
  app.get('/api/v1/integrations', {
    config: { scope: 'public' },
    schema: { tags: ['platform'], summary: 'List the vendors that can be linked', security: [], response: { 200: Type.Object({ results: Type.Array(IntegrationSchema) }) } },
  }, async () => ({ results }))
}
