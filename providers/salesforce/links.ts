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
  /** Where they belong not to our records but to what another link found: its object. Then `to` is a column of that. */
  readonly from?: string
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

type Asked = { readonly link: Link; readonly ask: Ask }
/** As many questions as it takes so that each can be answered at once. */
const askedFor = (link: Link, records: readonly object[]): Asked[] => {
  const ids = [...new Set(present(records.map((record) => value(record, link.to ?? 'Id'))))]
  return Array.from({ length: Math.ceil(ids.length / link.size) }, (_, n) => ({
    link, ask: query('/query', soql({ select: [link.by, ...link.select], from: link.object, where: [among(link.by, ids.slice(n * link.size, (n + 1) * link.size)), ...link.where ?? []], ...(link.limit !== undefined && { limit: link.limit }) })),
  }))
}

/** By what they belong to. What does not fit into one answer would be missing without a word. */
function grouped(link: Link, pages: readonly Page<SObject>[]): ReadonlyMap<string | null, readonly SObject[]> {
  for (const { done, records } of pages) if (!done || records.length >= (link.limit ?? Infinity)) throw new RangeError(`more of ${link.object} belongs to a few records than one answer holds`)
  return Map.groupBy(pages.flatMap(({ records }) => records), (one) => value(one, link.by))
}

/** A list with what belongs to its records, under the names of the other objects. */
export function withLinks<R extends SObject>(list: ObjectRead<R>, links: readonly Link[]): ObjectRead<R, Linked<R>> {
  const [own, further] = [links.filter(({ from }) => from === undefined), links.filter(({ from }) => from !== undefined)]
  const asked = (records: readonly R[], { lookups }: ReadContext<Fields>): readonly Asked[] =>
    own.filter(({ object, of }) => (of === undefined || of === records[0]!.attributes.type) && (lookups as Readonly<Record<string, ReadonlyMap<string, unknown> | undefined>>)[object]?.size !== 0).flatMap((link) => askedFor(link, records))
  const tableOf = (link: Link, all: readonly Asked[], answers: readonly Page<R>[]) => [link.object, grouped(link, answers.filter((_, n) => all[n]!.link === link))] as const
  return {
    ...list,
    lookups: { ...list.lookups, ...Object.fromEntries(own.filter(({ optional }) => optional).map(({ object }) => [object, describe(object, 'is_empty')])) },
    rows: {
      kind: 'batch', size: list.rows.size,
      asks: (records, context) => [...list.rows.asks(records, context), ...asked(records, context).map(({ ask }) => ask)],
      ...(further.length > 0 && {
        afterwards: (answers: readonly Page<R>[], records: readonly R[], context: ReadContext<Fields>): Ask[] => {
          const all = asked(records, context)
          const theirs = answers.slice(answers.length - all.length)
          return further.flatMap((link) => askedFor(link, theirs.filter((_, n) => all[n]!.link.object === link.from).flatMap((page) => page.records)).map(({ ask }) => ask))
        },
      }),
      rows: (answers, records, context, later) => {
        const all = asked(records, context)
        const theirs = answers.slice(answers.length - all.length)
        const tables = new Map(own.map((link) => tableOf(link, all, theirs)))
        const behind = new Map(further.map((link) => [link.object, grouped(link, later.filter(({ ask }) => String(ask.query?.['q']).includes(` from ${link.object} `)).flatMap(({ answer }) => answer ?? []))]))
        return list.rows.rows(answers.slice(0, answers.length - all.length), records, context, later).map((row) => {
          const near = Object.fromEntries(own.map(({ object, to = 'Id' }) => [object, tables.get(object)!.get(value(row, to)) ?? []]))
          const far = Object.fromEntries(further.map(({ object, from, to = 'Id' }) => [object, (near[from!] ?? []).flatMap((one) => behind.get(object)!.get(value(one, to)) ?? [])]))
          return { ...row, links: { ...near, ...far } }
        })
      },
    },
  }
}

/** A list of which a record becomes several rows, or none. */
export const spread = <R extends SObject, From, Out>(list: ObjectRead<R, From>, rowsOf: (row: From) => readonly Out[]): ObjectRead<R, Out> => ({
  ...list as unknown as ObjectRead<R, Out>, rows: { ...list.rows, rows: (...given) => list.rows.rows(...given).flatMap(rowsOf) },
})
