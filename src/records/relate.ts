/** What the store makes of the values that adapters answer: ids of the vendor's become ours, and nested objects get what they are served with. */
import type { TObject } from '@sinclair/typebox'
import { fieldShape, idOf, keptFields, type FieldShape, type KeptField, type ModelId } from '#models'
import { indexKey, recordId } from './ids.ts'

type Fields = Readonly<Record<string, unknown>>

/** Where in an account a value stands. */
export interface ValuePlace {
  readonly linkedAccountId: string
  /** `ticketing.Ticket.permissions` */
  readonly field: string
  /** The vendor's id of the record. */
  readonly remoteId: string
}

const KEPT: Readonly<Record<Exclude<KeptField, 'id'>, unknown>> = { created_at: null, modified_at: null, remote_was_deleted: false, field_mappings: null, remote_data: null }

const plans = new WeakMap<TObject, readonly (readonly [string, FieldShape])[]>()
function planOf(nested: TObject): readonly (readonly [string, FieldShape])[] {
  let plan = plans.get(nested)
  if (plan === undefined) {
    plan = Object.entries(nested.properties).map(([key, schema]) => [key, fieldShape(schema)] as const).filter(([, { relation, nested: inner }]) => relation !== null || inner !== null)
    plans.set(nested, plan)
  }
  return plan
}

/** The value as it is stored. It has passed its schema. */
export function related(value: unknown, shape: FieldShape, place: ValuePlace): unknown {
  const { relation, nested } = shape
  if (value === null || (relation === null && nested === null)) return value
  const one = (entry: unknown, n: number): unknown => (relation !== null ? relatedId(entry as string, relation, shape.among, place) : nestedObject(nested!, entry as Fields, n, place))
  return Array.isArray(value) ? value.map(one) : one(value, 0)
}

/** The model is the one that the adapter named by `idOf`, where there are several. */
function relatedId(value: string, relation: ModelId, among: readonly ModelId[], { linkedAccountId }: ValuePlace): string {
  const named = among.find((model) => value.startsWith(idOf(model, '')))
  return recordId(linkedAccountId, named ?? relation, indexKey(named === undefined ? value : value.slice(idOf(named, '').length)))
}

function nestedObject(nested: TObject, entry: Fields, n: number, place: ValuePlace): Fields {
  const kept = keptFields(nested).map((field) => [field, field === 'id' ? nestedId(entry, n, place) : KEPT[field]])
  const inner = planOf(nested).map(([key, shape]) => [key, related(entry[key] ?? null, shape, { ...place, field: `${place.field}.${key}`, remoteId: `${place.remoteId}\n${n}` })])
  return { ...Object.fromEntries(kept), ...entry, ...Object.fromEntries(inner) } as Fields
}

/** By the vendor's id of the nested object, or by its place where it has none. */
const nestedId = (entry: Fields, n: number, { linkedAccountId, field, remoteId }: ValuePlace): string =>
  recordId(linkedAccountId, field, `${remoteId}\n${typeof entry['remote_id'] === 'string' ? entry['remote_id'] : n}`)
