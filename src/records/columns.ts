import { models, shapeAt, type CommonModel, type FieldShape, type Filter } from '#models'
import { indexKey } from './ids.ts'

/** A typed column beside the finished body, for a field that lists are narrowed or ordered by. */
export interface FilterColumn {
  /** A field of the model, or `field.key` inside a nested object. */
  readonly field: string
  readonly column: string
  readonly type: 'text' | 'uuid' | 'timestamptz'
  /** Stored in lower case, so that a plain `=` compares without regard to case and keeps its index under row-level security. */
  readonly folded: boolean
  /** Records without a value have their place in the order too, so they are in the index. */
  readonly ordered: boolean
}
export interface ManyValued { readonly field: string; readonly folded: boolean }
interface Wanted extends ManyValued { readonly ordered: boolean }

const registry: readonly CommonModel[] = Object.values(models)
export const columnName = (field: string): string => `by_${field.replace('.', '_')}`

/** Every field by which records of a model are found: by its own filters, by those of other models that look through it, below a parent, in an order. */
function wantedFields(model: CommonModel): Wanted[] {
  const own = Object.values(model.filters).flatMap((filter) => (filter.kind === 'through' ? [] : [{ field: filter.field, folded: isFolded(filter), ordered: false }]))
  const looked = registry.flatMap(({ filters }) => Object.values(filters)).flatMap((filter) => (filter.kind !== 'through' || filter.model !== model.id ? [] : [
    { field: filter.back, folded: false, ordered: false }, { field: filter.field, folded: isFolded(filter), ordered: false },
  ]))
  const below = model.lists.flatMap(({ parents }) => parents).flatMap(({ field }) => (field === null ? [] : [{ field, folded: false, ordered: false }]))
  return [...own, ...looked, ...below, ...model.orderBy.map((field) => ({ field, folded: false, ordered: true }))]
}
const isFolded = (filter: Filter): boolean => 'folded' in filter && filter.folded

const typeOf = ({ relation, instant }: FieldShape): FilterColumn['type'] => (relation !== null ? 'uuid' : instant ? 'timestamptz' : 'text')
const cached = <T>(make: (model: CommonModel) => T): ((model: CommonModel) => T) => {
  const made = new WeakMap<CommonModel, T>()
  return (model) => {
    const known = made.get(model)
    if (known !== undefined) return known
    const value = make(model)
    made.set(model, value)
    return value
  }
}

/** The columns of a model's table that hold single values, each once. */
export const filterColumns = cached((model): readonly FilterColumn[] => {
  const columns = new Map<string, FilterColumn>()
  for (const { field, folded, ordered } of wantedFields(model)) {
    const shape = shapeAt(model.schema, field)
    if (shape.many) continue
    const known = columns.get(field)
    columns.set(field, { field, column: columnName(field), type: typeOf(shape), folded: folded || (known?.folded ?? false), ordered: ordered || (known?.ordered ?? false) })
  }
  return [...columns.values()]
})

/** The fields of a model whose many values are looked for; they live in `record_values`. */
export const manyValuedFilters = cached((model): readonly ManyValued[] => {
  const fields = new Map<string, ManyValued>()
  for (const { field, folded } of wantedFields(model)) if (shapeAt(model.schema, field).many) fields.set(field, { field, folded: folded || (fields.get(field)?.folded ?? false) })
  return [...fields.values()]
})

type Fields = Readonly<Record<string, unknown>>
type Path = readonly [name: string, key: string | undefined]
const paths = new Map<string, Path>()
/** The parts of a field's place. Asked for each value, so they are taken apart once. */
function pathOf(field: string): Path {
  let path = paths.get(field)
  if (path === undefined) {
    const [name = '', key] = field.split('.')
    paths.set(field, path = [name, key])
  }
  return path
}
const asKey = (value: unknown, folded: boolean): string => indexKey(folded ? String(value).toLowerCase() : String(value))
const within = (value: unknown, key: string | undefined): unknown => (key === undefined ? value : (value as Fields | null)?.[key])

/** What a record's column holds. */
export function columnValue({ field, folded, type }: FilterColumn, fields: Fields): string | null {
  const [name, key] = pathOf(field)
  const value = within(fields[name], key) as string | boolean | null | undefined
  if (value === null || value === undefined) return null
  return type === 'text' ? asKey(value, folded) : String(value)
}

/** The values of a many-valued field, each once. */
export function manyValues({ field, folded }: ManyValued, fields: Fields): string[] {
  const [name, key] = pathOf(field)
  const values = (fields[name] as readonly unknown[] | null | undefined ?? []).map((entry) => within(entry, key))
  return [...new Set(values.filter((value) => value !== null && value !== undefined).map((value) => asKey(value, folded)))]
}
