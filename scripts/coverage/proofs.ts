/** What is found beside each adapter that proves it: fixtures, contracts, and tests that say in their titles which models they prove. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { writeRequest, type AnyProvider, type AnyResource } from '#kit'
import type { CommonModel } from '#models'
import type { Gap, ModelProof, Proofs, ProviderProof, Reason } from '../../src/api/coverage.ts'
import { fixturesOf, shownFields, type Fixture } from '../../test/conformance/fixture.ts'
import { sample, writeContext } from '../../test/conformance/sample.ts'
import { published, takenOn } from '../../test/contract/published.ts'
import { openOperations, type Knows } from './contracts.ts'

type Kind = 'read' | 'create' | 'update'
type By = ModelProof['read'][number]
/** One entry of `gaps.json`: without `fields` the whole model is missing, `on: 'write'` is of fields that are only read. */
export interface WrittenGap { readonly model: string; readonly fields?: readonly string[]; readonly on?: 'write'; readonly reason: Reason; readonly searched?: string }

/** The models that the titles of a test file name. */
export const modelsNamed = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:it|test|describe)\b[^\n'"`]*(['"`])((?:(?!\1).)*)\1/g)].flatMap(([, , title]) => title!.match(/\b(?:hris|crm|ticketing)\.[A-Z]\w+/g) ?? [])
/** A test of a vendor's is `test/contract/<slug>-sdk.test.ts` or `test/live/<slug>*.test.ts`. */
const namedIn = (pattern: string): ReadonlySet<string> => new Set(globSync(pattern).flatMap((file) => modelsNamed(readFileSync(file, 'utf8'))))

/** Reasons that somebody wrote down beside the adapter. */
export function writtenGaps(slug: string): readonly WrittenGap[] {
  const file = `providers/${slug}/gaps.json`
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as readonly WrittenGap[] : []
}
const gapsOf = (slug: string): Record<string, Gap> => Object.fromEntries(writtenGaps(slug).flatMap(({ model, fields, on, reason, searched = null }) =>
  (fields === undefined ? [model] : fields.map((field) => `${on === 'write' ? 'write ' : ''}${model}.${field}`)).map((key) => [key, { reason, searched }])))

/** The operations that a write asks for, given what it must have. */
function writeOperations(provider: AnyProvider, model: CommonModel, kind: 'create' | 'update'): readonly { readonly method: string; readonly path: string }[] {
  return (provider.writes ?? []).filter((write) => write.model.id === model.id && write.kind === kind)
    .map((write) => writeRequest(write, Object.fromEntries((write.requires as readonly string[]).map((field) => [field, sample(model.schema.properties[field]!, field)])), writeContext, 'key'))
}

async function modelProof(provider: AnyProvider, resource: AnyResource, fixture: Fixture, knows: Knows | null, before: ModelProof | undefined): Promise<ModelProof> {
  const model: CommonModel = resource.model
  // Without the contracts at hand, what was found when they were.
  const contract = (kind: Kind): boolean => {
    if (knows === null) return before?.[kind].includes('contract') === true
    const operations = kind === 'read' ? fixture.exchanges.map(({ request }) => request) : writeOperations(provider, model, kind)
    return operations.length > 0 && operations.every(({ method, path }) => knows(method, path))
  }
  const test = `test/contract/${provider.slug}.test.ts`
  const tested = existsSync(test) && readFileSync(test, 'utf8').includes('openContract(')
  const [sdk, live] = [namedIn(`test/contract/${provider.slug}-sdk.test.ts`), namedIn(`test/live/${provider.slug}{,-*}.test.ts`)]
  const by = (kind: Kind): By[] => [...(tested && contract(kind) ? ['contract' as const] : []), ...(kind === 'read' ? [...(sdk.has(model.id) ? ['sdk' as const] : []), ...(live.has(model.id) ? ['live' as const] : [])] : [])]
  return { fixture: { origin: fixture.origin, system: fixture.system }, shown: await shownFields(resource, fixture), read: by('read'), create: by('create'), update: by('update') }
}

export async function gatherProofs(providers: readonly AnyProvider[], material: string, before: Proofs): Promise<Proofs> {
  const found = await Promise.all(providers.map(async (provider): Promise<readonly [string, ProviderProof]> => {
    const { slug } = provider
    const contracts = published[slug] ?? []
    const knows = openOperations(material, contracts)
    const models: Record<string, ModelProof> = {}
    for (const fixture of fixturesOf('providers/', slug)) {
      const resource = provider.resources.find(({ model }) => model.id === fixture.model)
      if (resource !== undefined) models[fixture.model] = await modelProof(provider, resource, fixture, knows, before[slug]?.models[fixture.model])
    }
    return [slug, { contracts: contracts.map(({ url, sha256 }) => ({ url, sha256, taken_on: takenOn })), models, gaps: gapsOf(slug) }]
  }))
  return Object.fromEntries(found)
}
