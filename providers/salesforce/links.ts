/** Records of other objects that belong to those of a list: a case's topics, a user's groups. They are asked for a page's worth at a time. */
import { id, present, soql, type Ask, type ReadContext } from '#kit'
import { among, describe, query, type Fields, type ObjectRead, type Row } from './objects.ts'
import type { Page, SObject } from './vendor.ts'

export interface Link {
  readonly object: string
  /** Their column that names the record they belong to. */
  readonly by: string
  /** Our column that they name; the id where nothing is said. */
  readonly to?: string
  /** Where a list has records of several objects: those that have such links. */
  readonly of?: string
  readonly select: readonly string[]
  readonly where?: readonly string[]
  /** So many records at once, that what belongs to them fits into one answer. */
  readonly size: number
  readonly limit?: number
  /** An org may have switched it off. */
  readonly optional?: true
}
export type Linked<R> = Row<R> & { readonly links: Readonly<Record<string, readonly SObject[]>> }

/** What belongs to a row. Rows are kept, and mapped again when they are old. */
export const linksOf = ({ links }: { readonly links: unknown }, object: string): readonly Readonly<Record<string, unknown>>[] => {
  const found = (links as Readonly<Record<string, unknown>> | null | undefined)?.[object]
  return Array.isArray(found) ? (found as readonly unknown[]).filter((one): one is Readonly<Record<string, unknown>> => typeof one === 'object' && one !== null) : []
}

const value = (record: object, column: string): string | null => id((record as Readonly<Record<string, unknown>>)[column])

/** A list with what belongs to its records, under the names of the other objects. */
export function withLinks<R extends SObject>(list: ObjectRead<R>, links: readonly Link[]): ObjectRead<R, Linked<R>> {
  const asked = (records: readonly R[], { lookups }: ReadContext<Fields>): { readonly link: Link; readonly ask: Ask }[] =>
    links.filter(({ object, of }) => (of === undefined || of === records[0]!.attributes.type) && (lookups as Readonly<Record<string, ReadonlyMap<string, unknown> | undefined>>)[object]?.size !== 0).flatMap((link) => {
      const ids = present(records.map((record) => value(record, link.to ?? 'Id')))
      return Array.from({ length: Math.ceil(ids.length / link.size) }, (_, n) => ({
        link, ask: query('/query', soql({ select: [link.by, ...link.select], from: link.object, where: [among(link.by, ids.slice(n * link.size, (n + 1) * link.size)), ...link.where ?? []], ...(link.limit !== undefined && { limit: link.limit }) })),
      }))
    })
  return {
    ...list,
    lookups: { ...list.lookups, ...Object.fromEntries(links.filter(({ optional }) => optional).map(({ object }) => [object, describe(object, 'is_empty')])) },
    rows: {
      kind: 'batch', size: list.rows.size,
      asks: (records, context) => [...list.rows.asks(records, context), ...asked(records, context).map(({ ask }) => ask)],
      rows: (answers, records, context, later) => {
        const own = asked(records, context)
        const found = own.map(({ link }, n) => ({ link, page: answers[answers.length - own.length + n] as Page<SObject> }))
        for (const { link: { object, limit = Infinity }, page } of found) if (!page.done || page.records.length >= limit) throw new RangeError(`more of ${object} belongs to a few records than one answer holds`)
        const byRecord = new Map(links.map(({ object, by }) => [object, Map.groupBy(found.filter(({ link }) => link.object === object).flatMap(({ page }) => page.records), (one) => value(one, by))]))
        return list.rows.rows(answers.slice(0, answers.length - own.length), records, context, later).map((row) => ({ ...row, links: Object.fromEntries(links.map(({ object, to = 'Id' }) => [object, byRecord.get(object)!.get(value(row, to)) ?? []])) }))
      },
    },
  }
}

/** A list of which a record becomes several rows, or none. */
export const spread = <R extends SObject, From, Out>(list: ObjectRead<R, From>, rowsOf: (row: From) => readonly Out[]): ObjectRead<R, Out> => ({
  ...list as unknown as ObjectRead<R, Out>, rows: { ...list.rows, rows: (...given) => list.rows.rows(...given).flatMap(rowsOf) },
})
