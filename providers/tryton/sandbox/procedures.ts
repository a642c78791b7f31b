/** `search_read` as the server has it: domains with dots and `where`, and fields of related records. */
import { comparisons } from '#kit'
import { plain } from '../values.ts'
import { isList, reached, targetOf, type Row, type World } from './world.ts'

type Domain = readonly unknown[]

/** Whoever asks for what is not there reads Python's own complaint. */
export class MissingKeyError extends Error {}

function tests(world: World, model: string, row: Row, [path, operator, wanted]: Domain): boolean {
  const [column = '', ...rest] = String(path).split('.')
  const others = reached(world, model, row, column)
  if (others === null && !(column in row)) throw new MissingKeyError(`'${column}'`)
  const target = targetOf(model, column)
  if (rest.length > 0) return (others ?? []).some((other) => tests(world, target, other, [rest.join('.'), operator, wanted]))
  if (operator === 'where' || operator === 'not where') return (operator === 'where') === (others ?? []).some((other) => matches(world, target, other, wanted as Domain))
  const value = plain(row[column])
  if (operator === 'like') return typeof value === 'string' && value.startsWith(String(wanted).replace(/%$/, ''))
  return comparisons[String(operator)]!(value, plain(wanted))
}

export function matches(world: World, model: string, row: Row, domain: Domain): boolean {
  const [head, ...rest] = domain
  if (head === 'OR') return rest.some((clause) => matches(world, model, row, clause as Domain))
  if (typeof head === 'string' && head !== 'AND') return tests(world, model, row, domain)
  return (head === 'AND' ? rest : domain).every((clause) => matches(world, model, row, clause as Domain))
}

/** The fields that are asked for; related ones under their name and a dot. */
export function read(world: World, model: string, row: Row, fields: readonly string[]): Row {
  const out: Record<string, unknown> = {}
  const inner = new Map<string, string[]>()
  for (const field of fields) {
    const [column = '', ...rest] = field.split('.')
    const others = reached(world, model, row, column)
    if (others === null && !(column in row)) throw new MissingKeyError(`'${column}'`)
    if (rest.length > 0) inner.set(column, [...inner.get(column) ?? [], rest.join('.')])
    else out[column] = isList(model, column) ? others!.map(({ id }) => id) : row[column]
  }
  for (const [column, asked] of inner) {
    const found = reached(world, model, row, column)!.map((other) => read(world, targetOf(model, column), other, asked))
    out[`${column}.`] = isList(model, column) ? found : found[0] ?? null
  }
  return { ...out, id: row.id }
}

export const search = (world: World, model: string, [domain, offset, limit]: readonly unknown[], shown: (row: Row) => boolean): Row[] => {
  const found = (world.tables[model] ?? []).filter((row) => shown(row) && matches(world, model, row, domain as Domain)).toSorted((a, b) => a.id - b.id)
  return found.slice(Number(offset), limit === null ? undefined : Number(offset) + Number(limit))
}
