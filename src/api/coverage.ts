/** What a provider covers of the common models: declared by the adapter, and proven by what lies beside it. */
import { notOffered, type AnyProvider, type AnyResource, type AnyWrite } from '#kit'
import type { CommonModel, Filter } from '#models'

/** A fixture shows it; the vendor's published contract has it; the vendor's own SDK understands our box; a real system was read. */
export const proofs = ['fixture', 'contract', 'sdk', 'live'] as const
export type Proof = (typeof proofs)[number]

/** Why a field, or a model, is missing. */
export const reasons = {
  not_in_contract: 'The vendor\'s published contract has no such thing; the schema that was searched is named.',
  not_documented: 'The vendor publishes no contract, and its documentation has no such thing; the page that was searched is named.',
  read_only_at_vendor: 'The vendor works it out itself, and nobody can write it.',
  too_costly: 'The vendor tells it only at a cost out of proportion, such as several requests for each record.',
  not_built: 'The vendor has it, and the adapter does not do it yet.',
  not_shown: 'The adapter reads it, and no fixture shows it.',
  not_said: 'The adapter leaves it out, and nobody wrote down why.',
} as const
export type Reason = keyof typeof reasons
/** `searched`: schemas, or pages. */
export interface Gap { readonly reason: Reason; readonly searched: string | null }

/** What was found beside an adapter, for one model. Generated, because fixtures and tests are not installed with the product. */
export interface ModelProof {
  readonly fixture: { readonly origin: string; readonly system: string }
  /** Fields that the fixture fills and that follow what the vendor's row says. */
  readonly shown: readonly string[]
  readonly read: readonly Exclude<Proof, 'fixture'>[]
  readonly create: readonly Exclude<Proof, 'fixture'>[]
  readonly update: readonly Exclude<Proof, 'fixture'>[]
}
export interface ProviderProof {
  /** The published contracts that it was checked against. */
  readonly contracts: readonly { readonly url: string; readonly sha256: string; readonly taken_on: string }[]
  readonly models: Readonly<Record<string, ModelProof>>
  /** By model, by `model.field`, or by `write model.field` for what is only read. */
  readonly gaps: Readonly<Record<string, Gap>>
}
export type Proofs = Readonly<Record<string, ProviderProof>>

export interface FieldCoverage {
  readonly name: string
  readonly read: boolean
  readonly create: boolean
  readonly update: boolean
  /** Parameters of the list that narrow it by this field. */
  readonly filters: readonly string[]
  readonly read_proven_by: readonly Proof[]
  readonly create_proven_by: readonly Proof[]
  readonly update_proven_by: readonly Proof[]
  /** Null for a field that counts: read, and proven. */
  readonly missing: Gap | null
}

export interface ModelCoverage {
  readonly model: string
  readonly incremental: boolean
  /** How a deletion at the vendor is seen. */
  readonly deletions: string
  readonly custom_fields: boolean
  /** Whether the vendor tells of changes by itself: of this model, or of the account as a whole. */
  readonly webhooks: 'model' | 'account' | null
  readonly fixture: { readonly origin: string; readonly system: string } | null
  readonly fields: readonly FieldCoverage[]
}

export interface ProviderCoverage {
  readonly slug: string
  readonly name: string
  readonly categories: readonly string[]
  readonly docs: string
  readonly contracts: ProviderProof['contracts']
  readonly models: readonly ModelCoverage[]
}

const unproven: ProviderProof = { contracts: [], models: {}, gaps: {} }

/** Parameters that narrow a list by what a field holds. */
const filtersOf = (model: CommonModel, field: string): string[] =>
  Object.entries(model.filters).filter(([, filter]: [string, Filter]) => filter.kind !== 'through' && filter.field.split('.')[0] === field).map(([name]) => name)

/** A vendor that can be asked for one model's events asks differently for it than for none. */
function webhooksOf({ webhooks }: AnyProvider, model: CommonModel): ModelCoverage['webhooks'] {
  if (webhooks === undefined) return null
  if (webhooks.subscribe === undefined) return 'account'
  const asks = (models: readonly CommonModel['id'][]): string => {
    try { return JSON.stringify(webhooks.subscribe!({ url: 'https://intermodal.example/hooks', secret: 'secret', models, setup: {} })) } catch { return '' }
  }
  return asks([model.id]) === asks([]) ? 'account' : 'model'
}

function modelCoverage(provider: AnyProvider, resource: AnyResource, { models, gaps }: ProviderProof): ModelCoverage {
  const model: CommonModel = resource.model
  const { incremental, deletions } = resource.read
  const proof = models[model.id]
  const accepting = (kind: AnyWrite['kind'], field: string): boolean => (provider.writes ?? []).some((write) => write.model.id === model.id && write.kind === kind && (write.accepts as readonly string[]).includes(field))
  const fields = Object.keys(model.schema.properties).map((name): FieldCoverage => {
    const read = resource.fields[name] !== notOffered
    const shown = proof?.shown.includes(name) === true
    const [create, update] = [accepting('create', name), accepting('update', name)]
    return {
      name, read, create, update,
      filters: read ? filtersOf(model, name) : [],
      read_proven_by: shown ? ['fixture', ...proof.read] : [], create_proven_by: create ? proof?.create ?? [] : [], update_proven_by: update ? proof?.update ?? [] : [],
      missing: shown ? null : gaps[`${model.id}.${name}`] ?? { reason: read ? 'not_shown' : 'not_said', searched: null },
    }
  })
  return {
    model: model.id, incremental: incremental !== 'full_only', deletions: deletions.seenAs, custom_fields: resource.remoteFields !== undefined, webhooks: webhooksOf(provider, model), fixture: proof?.fixture ?? null, fields,
  }
}

export function coverageOf(provider: AnyProvider, all: Proofs): ProviderCoverage {
  const proof = all[provider.slug] ?? unproven
  return {
    slug: provider.slug, name: provider.name, categories: [...provider.categories], docs: provider.docs, contracts: proof.contracts,
    models: provider.resources.map((resource) => modelCoverage(provider, resource, proof)),
  }
}
