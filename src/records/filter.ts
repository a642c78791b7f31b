/** A filter of a model as a condition on its table. */
import { models, shapeAt, type CommonModel, type FieldShape, type Filter } from '#models'
import { columnName, filterColumns, manyValuedFilters } from './columns.ts'
import { indexKey } from './ids.ts'

/** The model whose field a filter compares: another one where it looks through it. */
const compared = (model: CommonModel, filter: Filter): CommonModel => (filter.kind === 'through' ? models[filter.model as keyof typeof models] : model)

/** What the field is that a filter compares with. */
export const filterShape = (model: CommonModel, filter: Filter): FieldShape => shapeAt(compared(model, filter).schema, filter.field)

/** The value as the store holds it: folded where case does not count, hashed where it is too long for an index. */
export function filterValue(model: CommonModel, filter: Filter, value: string | boolean | readonly string[]): string | string[] {
  const at = compared(model, filter)
  const stored = [...filterColumns(at), ...manyValuedFilters(at)].find(({ field }) => field === filter.field)
  const folds = stored?.folded === true || filterShape(model, filter).relation !== null
  const key = (text: string): string => indexKey(folds ? text.toLowerCase() : text)
  return typeof value === 'object' ? value.map(key) : key(String(value))
}

/** Records of `r` whose list in `field` holds any of the values at `parameter`. */
export function holdsAny(model: CommonModel, field: string, parameter: string, values: unknown[]): string {
  values.push(model.id, field)
  return `exists (select 1 from record_values v where v.linked_account_id = r.linked_account_id and v.record_id = r.id and v.model = $${values.length - 1} and v.field = $${values.length} and v.value = any(${parameter}))`
}

/** Plain comparisons only: functions, arrays and patterns on the column's side would lose their index under row-level security. */
export function filterCondition(model: CommonModel, filter: Filter, parameter: string, values: unknown[]): string {
  const column = columnName(filter.field)
  switch (filter.kind) {
    case 'equals': return `r.${column} = ${parameter}`
    case 'in': return `r.${column} = any(${parameter})`
    case 'after': return `r.${column} > ${parameter}::timestamptz`
    case 'before': return `r.${column} < ${parameter}::timestamptz`
    case 'has': return holdsAny(model, filter.field, parameter, values)
    case 'through': {
      const { table } = compared(model, filter)
      return `exists (select 1 from ${table} x where x.linked_account_id = r.linked_account_id and x.${columnName(filter.back)} = r.id and x.${column} = ${parameter} and not x.remote_was_deleted)`
    }
  }
}
