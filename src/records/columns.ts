import { fieldShape, type CommonModel } from '#models'

/** A typed column that a model's filters need, beside the finished body. */
export interface FilterColumn {
  readonly field: string
  readonly column: string
  readonly type: 'text' | 'uuid' | 'timestamptz'
  /** Stored in lower case, so that a plain `=` compares without regard to case and keeps its index under row-level security. */
  readonly folded: boolean
}

const single = (kind: string): boolean => kind !== 'has'

/** The columns of a model's table that hold its filterable fields, each once. */
export function filterColumns(model: CommonModel): readonly FilterColumn[] {
  const columns = new Map<string, FilterColumn>()
  for (const filter of Object.values(model.filters).filter(({ kind }) => single(kind))) {
    const shape = fieldShape(model.schema.properties[filter.field]!)
    const type = shape.relation !== null ? 'uuid' : shape.instant ? 'timestamptz' : 'text'
    columns.set(filter.field, { field: filter.field, column: `by_${filter.field}`, type, folded: filter.kind === 'equals' && filter.folded === true })
  }
  return [...columns.values()]
}

/** The fields of a model whose many values are filterable; they live in `record_values`. */
export const manyValuedFilters = (model: CommonModel): readonly string[] =>
  [...new Set(Object.values(model.filters).filter(({ kind }) => !single(kind)).map(({ field }) => field))]
