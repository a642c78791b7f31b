/** Objects are asked for in SOQL, with those of the columns that the user may see: one that is hidden, or that the org does not have, fails the whole query. */
import { id, instant, soql, soqlValue, type Ask, type Deletions, type FieldClass, type Incremental, type Lookup, type Pagination, type Query, type Read, type RemoteFieldValue, type Resource, type Rows } from '#kit'
import { classOf, isValue } from './fields.ts'
import type { Description, Field, Page, SObject } from './vendor.ts'

export interface Columns<R> {
  /** What the mapping reads. */
  readonly read: readonly (keyof R & string | `${keyof R & string}.${string}`)[]
  /** Standard columns that the common model has no place for; like custom ones they are served as remote fields. */
  readonly beyond?: readonly string[]
  /** False: the common model has no remote fields, so custom columns are not asked for. */
  readonly custom?: false
  /** An org may have switched it off: then there are no such records. */
  readonly optional?: true
  readonly where?: readonly string[]
  /** The column that changes with every change. */
  readonly stamp?: 'SystemModstamp' | 'LastModifiedDate'
}
export type Objects<R> = Readonly<Record<string, Columns<R>>>

/** A record with the labels of those of its columns that are beyond the common model. */
export type Row<R> = R & { readonly labels: Readonly<Record<string, string>> }
export type Fields = Readonly<Record<string, Field>>
export type ObjectResource<T extends object, R extends SObject> = Resource<T, Row<R>, Page<R>, R, Page<R>, Fields>
export type PlainResource<T extends object, R extends SObject, Out = Row<R>> = Resource<T, Out, Page<R>, R, Page<R>, Fields>
/** A list whose records are made into rows a hundred at a time. */
export interface ObjectRead<R extends SObject, Out = Row<R>> extends Read<Out, Page<R>, R, Page<R>, Fields> {
  readonly rows: Extract<Rows<Out, R, Page<R>, Fields>, { kind: 'batch' }>
  readonly incremental: Incremental<R, never>
  readonly deletions: Extract<Deletions<never>, { seenAs: 'separate_read' }>
}

/** Each object's fields, by its name: custom ones, and what may be seen of the others. */
export const describe = (object: string, withheld: 'fails' | 'is_empty' = 'fails'): Lookup<Field> => ({ ask: () => ({ path: `/sobjects/${object}/describe` }), entries: (body) => (body as Description).fields.map((field) => [field.name, field]), withheld })

/** `queryAll` also has activities that were archived, after a year. */
export const query = (path: '/query' | '/queryAll', text: string): Ask => ({ path, query: { q: text } })
const pages: Pagination<Page<unknown>, unknown> = { kind: 'url', next: (page) => (page.done ? null : page.nextRecordsUrl) }
export const among = (column: string, values: readonly string[]): string => `${column} in (${values.map(soqlValue).join(', ')})`
/** The moment stands bare in SOQL. */
export const since = (moment: Date): Query => ({ since: moment.toISOString() })
/** A long transaction shows its records up to ten minutes after their stamp. */
export const byStamp: Incremental<SObject, never> = { since, changedAt: (record) => instant(record.SystemModstamp ?? record.LastModifiedDate), overlapSeconds: 600 }

/** An address may have 16,384 bytes, names of columns among them: https://help.salesforce.com/s/articleView?id=000386264&type=1. What does not fit is asked for by id. */
const MOST_COLUMN_BYTES = 6_000

function packed(columns: readonly string[]): string[][] {
  const parts: string[][] = [[]]
  let length = 0
  for (const column of columns) {
    length += column.length + 6
    if (length > MOST_COLUMN_BYTES) { parts.push([]); length = column.length + 6 }
    parts.at(-1)!.push(column)
  }
  return parts
}

type Seen = ReadonlyMap<string, Field>
const beyond = <R>(columns: Columns<R>, seen: Seen): Field[] => [...(columns.beyond ?? []).flatMap((name) => seen.get(name) ?? []), ...(columns.custom === false ? [] : [...seen.values()].filter((field) => field.custom && isValue(field)))]
/** `Queue.Name` is seen where the field that leads to the queue is. */
const isSeen = (seen: Seen, name: string): boolean => seen.has(name) || [...seen.values()].some(({ relationshipName }) => typeof relationshipName === 'string' && name.startsWith(`${relationshipName}.`))
const columnsOf = <R>(columns: Columns<R>, seen: Seen): string[][] => packed([...new Set(['Id', columns.stamp ?? 'SystemModstamp', ...columns.read.filter((name) => isSeen(seen, name)), ...beyond(columns, seen).map(({ name }) => name)])])

/** The list of one object's records, or of several objects', one segment each. `keep`: not a record that another resource has. */
export function objectList<R extends SObject>(objects: Objects<R>, { keep = () => true }: { readonly keep?: (record: R) => boolean } = {}): ObjectRead<R> {
  const names = Object.keys(objects)
  const optional = names.filter((name) => objects[name]!.optional)
  const rows: ObjectRead<R>['rows'] = {
    kind: 'batch', size: 100,
    asks: (records, { lookups }) => {
      const object = records[0]!.attributes.type
      return columnsOf(objects[object]!, lookups[object]!).slice(1).map((more) => query('/queryAll', soql({ select: ['Id', ...more], from: object, where: [among('Id', records.map(({ Id }) => Id))] })))
    },
    rows: (answers, records, { lookups }) => {
      if (answers.some(({ done }) => !done)) throw new RangeError('a hundred records are more than one answer holds')
      const more = answers.map((answer) => new Map(answer.records.map((record) => [record.Id, record])))
      const object = records[0]!.attributes.type
      const labels = Object.fromEntries(beyond(objects[object]!, lookups[object]!).map(({ name, label }) => [name, label]))
      return records.filter(keep).map((record) => ({ ...Object.assign({}, record, ...more.map((part) => part.get(record.Id) ?? {})) as R, labels }))
    },
  }
  return {
    path: '/queryAll', items: (page) => page.records, total: (page) => page.totalSize, pages, rows,
    lookups: Object.fromEntries(names.map((object) => [object, describe(object, objects[object]!.optional ? 'is_empty' : 'fails')])),
    segments: present(names),
    request: ({ object, since: at }, { lookups }) => {
      const [seen, columns] = [lookups[String(object)]!, objects[String(object)]!]
      return query('/queryAll', soql({ select: columnsOf(columns, seen)[0]!, from: String(object), where: [seen.has('IsDeleted') && 'IsDeleted = false', ...columns.where ?? [], at !== undefined && `${columns.stamp ?? 'SystemModstamp'} >= ${String(at)}`] }))
    },
    incremental: byStamp,
    deletions: { seenAs: 'separate_read', absence: 'counts', since, walk: recycled(names, optional) },
  }
}

/** The objects that the org has, one segment each. */
const present = (names: readonly string[]) => ({ lookups }: { readonly lookups: Readonly<Record<string, Seen | undefined>> }): Query[] => names.filter((name) => lookups[name]?.size !== 0).map((object) => ({ object }))

const remoteId = (row: SObject): string | null => id(row.Id)

/** All that a resource of plain objects is beside its fields. */
export const ofObjects = <R extends SObject>(objects: Objects<R>, options: Parameters<typeof objectList<R>>[1] = {}) => ({
  read: objectList<R>(objects, options),
  identity: { remoteId },
  remoteFields: (row: Row<R>): RemoteFieldValue[] => Object.entries(row.labels).map(([key, name]) => ({ key, name, value: (row as unknown as Readonly<Record<string, unknown>>)[key] ?? null })),
  fieldClasses: (lookups: Readonly<Record<string, Seen>>) => new Map(Object.entries(objects).flatMap(([object, columns]) => beyond(columns, lookups[object]!).map((field): [string, FieldClass] => [field.name, classOf(field)]))),
})

/** The same for a model without remote fields. */
export const ofPlainObjects = <R extends SObject>(objects: Objects<R>) => ({ read: objectList<R>(Object.fromEntries(Object.entries(objects).map(([object, columns]) => [object, { ...columns, custom: false }]))), identity: { remoteId } })

/** What lies in the recycle bin, merged records among it: for 15 days, or until somebody empties it; after that a complete read finds it missing. */
export const recycled = (objects: readonly string[], optional: readonly string[] = []) => ({
  path: '/queryAll', items: (page: Page<SObject>) => page.records, gone: (record: SObject) => id(record.Id), pages, rows: { kind: 'items' as const },
  lookups: Object.fromEntries(optional.map((object) => [object, describe(object, 'is_empty')])), segments: present(objects),
  request: ({ object, since: at }: Query): Ask => query('/queryAll', soql({ select: ['Id'], from: String(object), where: ['IsDeleted = true', at !== undefined && `SystemModstamp >= ${String(at)}`] })),
})
