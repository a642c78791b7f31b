import { id, instant, search, type Ask, type Deletions, type FieldClass, type Incremental, type Looked, type Lookup, type Pagination, type Query, type ReadContext, type Rows, type Tables, type Walk } from '#kit'
import { ownProperties } from './properties.ts'
import type { Associated, Batch, Found, Own, Page, Row } from './vendor.ts'

/** The associations that HubSpot marks as the primary one: of a contact, a deal and a ticket to a company, of a lead to a contact and a company. */
const PRIMARY: readonly number[] = [1, 5, 26, 578, 610]

interface Kinds<P extends string, X extends object, L extends Tables> {
  /** Where the list is, and its objects; more than one are walked one after the other. */
  readonly path?: string
  readonly objects: readonly string[] | ((context: ReadContext<L>) => readonly string[])
  readonly columns: readonly P[] | ((context: ReadContext<L>) => readonly string[])
  /** The objects whose associations a row needs. */
  readonly to?: readonly string[]
  /** The property by which changes are found: contacts have one of their own. */
  readonly changed?: 'lastmodifieddate' | 'hs_lastmodifieddate'
  readonly lookups?: { readonly [K in keyof L]: Lookup<L[K]> }
  /** What is known of each record before the rest of it is asked for. */
  readonly early?: readonly P[]
  readonly beside?: (items: readonly Found<P>[]) => readonly Ask[]
  /** What a row takes besides; null: the record is no row. */
  readonly also?: (row: Row<P>, lookups: Looked<L>, beside: readonly Batch[]) => X | null
  readonly remoteId?: (item: Found, context: ReadContext<L>) => string | null
}

const pathOf = (object: unknown, rest = ''): string => `/crm/v3/objects/${String(object)}${rest}`
export const batchRead = (object: unknown, ids: readonly string[], properties: readonly string[]): Ask => search(pathOf(object, '/batch/read'), { inputs: ids.map((one) => ({ id: one })), properties, propertiesWithHistory: [] })

const isPrimary = (to: Associated['to'][number]): boolean => to.associationTypes.some(({ category, typeId }) => category === 'HUBSPOT_DEFINED' && PRIMARY.includes(typeId))
const idsOf = ({ to }: Associated): string[] => [...to.filter(isPrimary), ...to.filter((one) => !isPrimary(one))].map(({ toObjectId }) => id(toObjectId)).filter((one) => one !== null)

/**
 * A list says which records there are, or which of them changed; then they are read in batches, with their associations in batches beside.
 * So names of properties never meet the length of an address (414), and a search that lags behind gives no old values.
 * https://developers.hubspot.com/docs/api-reference/error-handling https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
 */
export function objectRead<const P extends string, X extends object = object, L extends Tables = Tables>({ path, objects, columns, to = [], changed = 'hs_lastmodifieddate', lookups, early = [], beside = () => [], also = () => ({}) as X, remoteId = (item) => id(item.id) }: Kinds<P, X, L>) {
  const all: NonNullable<Kinds<P, X, L>['lookups']> = { ...(typeof objects !== 'function' && Object.fromEntries(objects.map((object) => [object, ownProperties(object)]))), ...lookups } as never
  const classesOf = ({ lookups: looked, segment }: ReadContext<L>): ReadonlyMap<string, FieldClass> => (looked as Readonly<Record<string, ReadonlyMap<string, FieldClass>>>)[String(segment['object'])] ?? new Map<string, FieldClass>()

  const rows: Rows<Row<P> & X, Found<P>, Batch, L> = {
    kind: 'batch',
    size: 100,
    asks(items, context) {
      const { object } = context.segment
      const ids = items.map((item) => item.id)
      const named = typeof columns === 'function' ? columns(context) : [...columns, ...classesOf(context).keys()]
      return [batchRead(object, ids, named), ...to.map((other) => search(`/crm/v4/associations/${String(object)}/${other}/batch/read`, { inputs: ids.map((one) => ({ id: one })) })), ...beside(items)]
    },
    rows([found, ...answers], _items, context) {
      const object = String(context.segment['object'])
      const links = to.map((other, n) => [other, new Map((answers[n]!.results as readonly Associated[]).map((one) => [id(one.from.id), idsOf(one)]))] as const)
      const classes = [...classesOf(context)]
      return (found!.results as readonly Found<P>[]).flatMap((record) => {
        const own = classes.filter(([key]) => ((record.properties as Readonly<Record<string, string | null>>)[key] ?? '') !== '').map(([key, { name, type }]): Own => ({ key, name, type }))
        const row: Row<P> = { ...record, object, linked: Object.fromEntries(links.map(([other, table]) => [other, table.get(id(record.id)) ?? []])), own }
        const more = also(row, context.lookups, answers.slice(to.length))
        return more === null ? [] : [{ ...row, ...more }]
      })
    },
  }
  const segments: Walk<Row<P> & X, Page, Found<P>, Batch, L>['segments'] = typeof objects === 'function' ? (context) => objects(context).map((object) => ({ object })) : objects.map((object) => ({ object }))
  const name = path ?? pathOf(Array.isArray(objects) ? objects[0] : '')
  const items = (page: Page): readonly Found<P>[] => page.results
  const listed: Pagination<Page, Found<P>> = { kind: 'cursor', param: 'after', next: (page) => page.paging?.next?.after }
  const request = ({ object, ...query }: Query): Ask => ({ path: pathOf(object), query })
  // https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm: 200 at once, and no query goes past 10,000: hence by keyset.
  const changes: Walk<Row<P> & X, Page, Found<P>, Batch, L> = {
    path: name, items, lookups: all, segments, rows,
    pages: { kind: 'keyset', after: (last) => ({ above: last.id }), done: (page) => (page.paging?.next ?? null) === null },
    request: ({ object, since, above = '0' }) => search(pathOf(object, '/search'), {
      filterGroups: [{ filters: [{ propertyName: changed, operator: 'GTE', value: since }, { propertyName: 'hs_object_id', operator: 'GT', value: above }] }],
      sorts: ['hs_object_id'], properties: ['hs_object_id', ...early], limit: 200, after: '0',
    }),
  }
  return {
    path: name, items, lookups: all, segments, rows, pages: listed, request,
    query: { limit: 100, properties: ['hs_object_id', ...early].join(',') },
    incremental: { since: (at: Date): Query => ({ since: String(at.getTime()) }), changedAt: (item: Found): string | null => instant(item.updatedAt), overlapSeconds: 600, walk: changes } satisfies Incremental<Found>,
    // What was archived is listed for a while; what was erased for privacy, or merged into another, is only missing.
    deletions: {
      seenAs: 'separate_read', absence: 'counts',
      walk: { path: name, items, lookups: all, segments, pages: listed, request, query: { limit: 100, properties: 'hs_object_id', archived: true }, rows: { kind: 'items' }, gone: remoteId },
    } satisfies Deletions<never>,
  }
}
