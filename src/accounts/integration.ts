import { Type, type Static } from '@sinclair/typebox'
import { hash } from 'node:crypto'
import { notOffered, type AnyProvider } from '#kit'
import type { CommonModel } from '#models'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])

const face = {
  name: Type.String(),
  slug: Type.String({ description: 'What is sent as `integration`.' }),
  categories: Type.Array(Type.String(), { examples: [['ticketing']] }),
  image: orNull(Type.String({ description: 'Always null: no vendor\'s trademark is kept here.' })),
  square_image: orNull(Type.String({ description: 'Always null, as `image`.' })),
  color: Type.String({ description: 'A colour made from the slug, so that lists can tell integrations apart.', examples: ['#4A6FD0'] }),
}

/** What a list of integrations shows of one. */
export const IntegrationFace = Type.Object(face)

/** What can be done with one model of an integration. */
export const ModelOperation = Type.Object({
  model_name: Type.String({ examples: ['Ticket'] }),
  available_operations: Type.Array(Type.String(), { examples: [['FETCH']] }),
  required_post_parameters: Type.Array(Type.String()),
  supported_fields: Type.Array(Type.String(), { description: 'The fields that this vendor has. The others are null.' }),
}, { $id: 'ModelOperation' })

export const IntegrationDetails = Type.Object({ ...face, passthrough_available: Type.Boolean(), available_model_operations: Type.Array(ModelOperation) })

export const AvailableActions = Type.Object({
  integration: Type.Object({
    ...face,
    abbreviated_name: orNull(Type.String()),
    api_endpoints_to_documentation_urls: Type.Record(Type.String(), Type.String(), { description: 'The vendor\'s own documentation.' }),
    webhook_setup_guide_url: orNull(Type.String()),
    category_beta_status: Type.Record(Type.String(), Type.Boolean()),
  }),
  passthrough_available: Type.Boolean(),
  available_model_operations: Type.Array(ModelOperation),
}, { $id: 'AvailableActions' })

export const faceOf = ({ slug, name, categories }: AnyProvider): Static<typeof IntegrationFace> =>
  ({ name, slug, categories: [...categories], image: null, square_image: null, color: `#${hash('sha256', slug, 'hex').slice(0, 6).toUpperCase()}` })

/** What is read from this vendor, model by model; read from the adapter itself. */
export function operationsOf({ resources }: AnyProvider, category?: string): Static<typeof ModelOperation>[] {
  const models = new Map<string, Set<string>>()
  for (const { model, fields } of resources) {
    const { category: own, name } = model as CommonModel
    if (category !== undefined && own !== category) continue
    const supported = models.get(name) ?? new Set<string>()
    for (const [field, read] of Object.entries(fields as Record<string, unknown>)) if (read !== notOffered) supported.add(field)
    models.set(name, supported)
  }
  return [...models].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, supported]) => ({ model_name: name, available_operations: ['FETCH'], required_post_parameters: [], supported_fields: [...supported] }))
}

export const detailsOf = (provider: AnyProvider, category: string): Static<typeof IntegrationDetails> =>
  ({ ...faceOf(provider), passthrough_available: true, available_model_operations: operationsOf(provider, category) })

export const actionsOf = (provider: AnyProvider, category: string): Static<typeof AvailableActions> => ({
  integration: { ...faceOf(provider), abbreviated_name: null, api_endpoints_to_documentation_urls: { api: provider.docs }, webhook_setup_guide_url: null, category_beta_status: Object.fromEntries(provider.categories.map((name) => [name, false])) },
  passthrough_available: true,
  available_model_operations: operationsOf(provider, category),
})

/** Slugs of the integrations that somebody means by a name, which may be a slug. */
export const slugsOf = (providers: ReadonlyMap<string, AnyProvider>, name: string): string[] =>
  [...providers.values()].filter((provider) => provider.name === name || provider.slug === name).map(({ slug }) => slug)
