/** What a vendor's adapter covers beside what the market's API documents for that vendor: operations, and fields of each. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyProvider } from '#kit'
import { fieldShape, models, nestedName, type CommonModel } from '#models'
import { isAwaited } from '../../src/api/awaiting.ts'
import type { Gap, ProviderCoverage, ProviderProof } from '../../src/api/coverage.ts'

type Documented = Readonly<Record<string, Readonly<Record<string, { readonly fields: readonly string[] }>>>>
export type Yardstick = Readonly<Record<string, Documented>>

/** Null where the material is not at hand. */
export function readYardstick(material: string): Yardstick | null {
  const file = join(material, 'facts', 'merge-coverage.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Yardstick : null
}

export interface Compared {
  /** As the market's documentation says it: `Ticket GET /ticketing/v1/tickets`. */
  readonly operation: string
  readonly served: boolean
  /** Zero for a further address of a model: its fields are counted once. */
  readonly theirs: number
  readonly ours: number
  /** Theirs that are not ours, with the reason. */
  readonly missing: readonly { readonly field: string; readonly gap: Reasoned }[]
}
/** `not_in_api`: the wire format has no such field, whoever the vendor is. */
type Reasoned = Gap | { readonly reason: 'not_in_api'; readonly searched: null }

const all: readonly CommonModel[] = Object.values(models)
/** What the store knows of every record, whoever the vendor is. */
const STORED = new Set(['id', 'remote_id', 'created_at', 'modified_at', 'remote_was_deleted', 'field_mappings', 'remote_data'])
const NOT_IN_API = { reason: 'not_in_api', searched: null } as const
const NOT_SAID = { reason: 'not_said', searched: null } as const

/** Whether our API has an operation, and carries it out. */
const answered = (category: string, operation: string): boolean => {
  const [method = '', path = ''] = operation.split(' ')
  const { paths } = JSON.parse(readFileSync(`openapi/${category}.json`, 'utf8')) as { paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> }
  return paths[path]?.[method.toLowerCase()] !== undefined && !isAwaited(operation)
}

const plain = (text: string): string => text.replaceAll(/\{[^}]*\}/g, '{}')

/** The model that an address lists, or that one record of is at it. */
const modelAt = (category: string, path: string): CommonModel | undefined =>
  all.find((model) => model.category === category && (model.lists.some((list) => plain(list.path) === plain(path)) || plain(`${model.path}/{id}`) === plain(path)))

/** `CRMAddress.city` is a part of whatever field holds addresses; `Deduction.amount` of a model with a list of its own. Otherwise a field of the model. */
function placeOf(model: CommonModel, name: string): { readonly model: CommonModel; readonly field: string } | null {
  const [head = '', part] = name.split('.')
  if (part === undefined) return Object.hasOwn(model.schema.properties, name) ? { model, field: name } : null
  const shape = head.replace(/^(?:CRM|HRIS|Ticketing)/, '')
  const holder = Object.entries(model.schema.properties).find(([, schema]) => { const { nested } = fieldShape(schema); return nested !== null && [head, shape].includes(nestedName(nested)) && Object.hasOwn(nested.properties, part) })
  if (holder !== undefined) return { model, field: holder[0] }
  const other = all.find(({ category, name: own, schema }) => category === model.category && [head, shape].includes(own) && Object.hasOwn(schema.properties, part))
  return other === undefined ? null : { model: other, field: part }
}

function compareOperation(provider: AnyProvider, coverage: ProviderCoverage, { gaps }: ProviderProof, category: string, operation: string, theirs: readonly string[]): Compared {
  const [, name = '', method = '', address = ''] = /^(\w+) (GET|POST|PATCH) \/\w+\/v1\/(.*)$/.exec(operation) ?? []
  const kind = method === 'GET' ? 'read' : method === 'POST' ? 'create' : 'update'
  const covered = (of: CommonModel) => coverage.models.find((one) => one.model === of.id)
  const at = modelAt(category, address)
  const named = all.find((model) => model.category === category && model.name === name)
  // An address that lists no model of ours is one if our API answers it: the engine then makes it of what is stored.
  const served = at === undefined ? named !== undefined && covered(named) !== undefined && answered(category, `${method} /api/${category}/v1/${address}`) : kind === 'read' ? covered(at) !== undefined : provider.writes?.some((write) => write.model.id === at.id && write.kind === kind) === true
  if (named === undefined || at !== named) return { operation, served, theirs: 0, ours: 0, missing: [] }
  const reasonOf = (field: string): Reasoned | null => {
    if (field === 'remote_fields' || field.startsWith('remote_fields.')) return served && covered(named)?.custom_fields === true ? null : gaps[`${named.id}.remote_fields`] ?? NOT_SAID
    if (kind === 'read' && STORED.has(field)) return served ? null : gaps[named.id] ?? NOT_SAID
    const place = placeOf(named, field)
    if (place === null || (kind !== 'read' && named.writes[kind]?.fields.includes(place.field) !== true)) return NOT_IN_API
    const found = covered(place.model)?.fields.find((one) => one.name === place.field)
    if (kind === 'read' ? found?.missing === null : found?.[kind] === true) return null
    return gaps[`${kind === 'read' ? '' : 'write '}${place.model.id}.${place.field}`] ?? (found === undefined ? gaps[place.model.id] : kind === 'read' ? found.missing : null) ?? NOT_SAID
  }
  const missing = theirs.flatMap((field) => { const gap = reasonOf(field); return gap === null ? [] : [{ field, gap }] })
  return { operation, served, theirs: theirs.length, ours: theirs.length - missing.length, missing }
}

export const compare = (provider: AnyProvider, coverage: ProviderCoverage, proof: ProviderProof, theirs: Documented): readonly Compared[] =>
  Object.entries(theirs).flatMap(([category, operations]) => Object.entries(operations).map(([operation, { fields }]) => compareOperation(provider, coverage, proof, category, operation, fields)))
