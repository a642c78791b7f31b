import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { AnyProvider } from '#kit'
import { coverageOf, proofs, reasons, type Proofs, type ProviderCoverage } from './coverage.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const ProvenBy = Type.Array(Type.String({ enum: [...proofs] }), { description: 'Empty: declared, and proven by nothing but the conformance suite.' })
const Field = Type.Object({
  name: Type.String({ examples: ['priority'] }),
  read: Type.Boolean(), create: Type.Boolean(), update: Type.Boolean(),
  filters: Type.Array(Type.String(), { description: 'Parameters of the list that narrow it by this field.' }),
  read_proven_by: ProvenBy, create_proven_by: ProvenBy, update_proven_by: ProvenBy,
  missing: orNull(Type.Object({
    reason: Type.String({ enum: Object.keys(reasons), description: Object.entries(reasons).map(([reason, text]) => `\`${reason}\`: ${text}`).join(' ') }),
    searched: orNull(Type.String({ description: 'Where it was looked for: schemas of the contract, or pages.' })),
  }, { description: 'Null for a field that is read and that a fixture shows.' })),
}, { $id: 'FieldCoverage' })
const Model = Type.Object({
  model: Type.String({ examples: ['ticketing.Ticket'] }),
  incremental: Type.Boolean({ description: 'Whether the vendor can be asked for what changed.' }),
  deletions: Type.String({ description: 'How a deletion at the vendor is seen.', examples: ['missing_from_full_read'] }),
  custom_fields: Type.Boolean({ description: 'Whether the vendor\'s own fields are served as remote fields.' }),
  webhooks: orNull(Type.String({ enum: ['model', 'account'], description: 'Whether the vendor tells of changes by itself: of this model, or of the account as a whole. Declared by the adapter; deliveries are not taken yet.' })),
  fixture: orNull(Type.Object({ origin: Type.String({ enum: ['recorded', 'spec'] }), system: Type.String({ description: 'The system, or the contract, with its version.' }) }, { description: 'What the adapter\'s mapping was shown with: recorded from a real system, or made from the vendor\'s contract.' })),
  fields: Type.Array(Field),
}, { $id: 'ModelCoverage' })
const Provider = Type.Object({
  slug: Type.String({ description: 'What is sent as `integration`.' }), name: Type.String(), categories: Type.Array(Type.String()), docs: Type.String({ description: 'The vendor\'s own documentation of its API.' }),
  contracts: Type.Array(Type.Object({ url: Type.String(), sha256: Type.String(), taken_on: Type.String({ format: 'date' }) }), { description: 'The published contracts that the adapter is checked against.' }),
  models: Type.Array(Model),
}, { $id: 'ProviderCoverage' })

/** `GET /api/v1/providers`: what each vendor has of the common models, field by field, and by what that is proven. */
export const providerRoutes = (providers: readonly AnyProvider[], found: Proofs): FastifyPluginAsyncTypebox => async (app) => {
  const all = providers.map((provider) => coverageOf(provider, found)).sort((a, b) => (a.slug < b.slug ? -1 : 1))
  app.get('/api/v1/providers', {
    config: { scope: 'public' },
    schema: {
      tags: ['platform'], summary: 'What each vendor covers, and how that is proven', security: [],
      description: 'For each vendor, model and field: whether it is read, filtered by, created and updated, how deletions are seen, and what proves it. A field counts as proven where a fixture fills it and it follows what the vendor\'s row says.',
      querystring: Type.Object({ integration: Type.Optional(Type.String({ maxLength: 100, description: 'Only this vendor.' })), category: Type.Optional(Type.String({ maxLength: 20, description: 'Only vendors of this category.' })) }),
      response: { 200: Type.Object({ results: Type.Array(Type.Unsafe<ProviderCoverage>(Provider)) }) },
    },
  }, async ({ query: { integration, category } }) => ({
    results: all.filter(({ slug, categories }) => (integration === undefined || slug === integration) && (category === undefined || categories.includes(category))),
  }))
}
