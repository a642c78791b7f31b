import { id, instant, search, str, type Ask, type Deletions, type FieldClass, type Incremental, type Later, type Looked, type Lookup, type Pagination, type Query, type ReadContext, type Resource, type Rows, type Tables, type Walk } from '#kit'
import type { RecordOf } from '#models'
import { ownProperties } from './properties.ts'
import type { Associated, Batch, Found, Own, Page, Row } from './vendor.ts'

/** What a resource wants of an object. */
interface Wanted<P extends string, X extends object, L extends Tables> {
  /** The objects of the list; more than one are walked one after the other. */
  readonly objects: readonly string[] | ((context: ReadContext<L>) => readonly string[])
  /** What the list is called where it has more than one object. */
  readonly path?: string
  readonly columns: readonly P[] | ((context: ReadContext<L>) => readonly string[])
  /** The objects whose associations a row needs. */
  readonly to?: readonly string[]
  /** The property by which changes are found: contacts have one of their own. */
  readonly changed?: 'lastmodifieddate' | 'hs_lastmodifieddate'
  readonly lookups?: { readonly [K in keyof L]: Lookup<L[K]> }
  /** What has to be known of a record before the rest of it is asked for. */
  readonly early?: readonly P[]
  /** What else is asked for a batch. */
  readonly beside?: (items: readonly Found<P>[]) => readonly Ask[]
  /** What can only be asked once it is known what the records hold and are associated with. */
  readonly afterwards?: (rows: readonly Row<P>[]) => readonly Ask[]
  /** What the rows of a record take besides, one for each row: none where the record is no row. */
  readonly also?: (row: Row<P>, lookups: Looked<L>, beside: readonly Batch[], later: readonly Later<unknown>[]) => readonly X[]
  /** The remote id of a record that is only said to be gone. */
  readonly remoteId?: (item: Found, context: ReadContext<L>) => string | null
}

/** The associations that HubSpot marks as primary: contact to company, deal to company, ticket to company. https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide */
const PRIMARY: readonly number[] = [1, 5, 26]
const isPrimary = (to: Associated['to'][number]): boolean => to.associationTypes.some(({ category, typeId }) => category === 'HUBSPOT_DEFINED' && PRIMARY.includes(typeId))
const linkedIds = ({ to }: Associated): string[] => [...to.filter(isPrimary), ...to.filter((one) => !isPrimary(one))].map(({ toObjectId }) => id(toObjectId)).filter((one) => one !== null)

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/guide */
const MOST_INPUTS = 100
const pathOf = (object: unknown, rest = ''): string => `/crm/v3/objects/${String(object)}${rest}`
const inputs = (ids: readonly string[]) => ids.map((one) => ({ id: one }))
export const batchRead = (object: unknown, ids: readonly string[], properties: readonly string[]): Ask => search(pathOf(object, '/batch/read'), { inputs: inputs(ids), properties, propertiesWithHistory: [] })
export const batchAssociations = (from: unknown, to: unknown, ids: readonly string[]): Ask => search(`/crm/v4/associations/${String(from)}/${String(to)}/batch/read`, { inputs: inputs(ids) })

/** The same of any number of records. */
export const batchReads = (object: unknown, ids: readonly string[], properties: readonly string[]): Ask[] => {
  const all = [...new Set(ids)]
  return Array.from({ length: Math.ceil(all.length / MOST_INPUTS) }, (_, n) => batchRead(object, all.slice(n * MOST_INPUTS, (n + 1) * MOST_INPUTS), properties))
}

/** The GET of an object's own list, for segments that name the object. */
export const listRequest = ({ object, to: _to, ...query }: Query): Ask => ({ path: pathOf(object), query })
export const listPages: Pagination<Page, Found> = { kind: 'cursor', param: 'after', next: (page) => page.paging?.next?.after }

/** The end customer's own properties that a record has values for. */
const ownOf = ({ properties }: Found, classes: ReadonlyMap<string, FieldClass>): Own[] =>
  [...classes].filter(([key]) => ((properties as Readonly<Record<string, string | null>>)[key] ?? '') !== '').map(([key, { name, type }]) => ({ key, name, type }))

/**
 * A list says which records there are, or which of them changed; then they are read in batches, with their associations in batches beside.
 * So names of properties never meet the length of an address (414), and a search that lags behind gives no old values.
 * https://developers.hubspot.com/docs/api-reference/error-handling https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
 */
export function objectRead<const P extends string, X extends object = object, L extends Tables = Tables>({ objects, path = pathOf(Array.isArray(objects) ? objects[0] : ''), columns, to = [], changed = 'hs_lastmodifieddate', lookups: more, early = [], beside = () => [], afterwards, also = () => [{} as X], remoteId = (item) => id(item.id) }: Wanted<P, X, L>) {
  // Each object's own properties are looked up under its name.
  const lookups = { ...(typeof objects !== 'function' && Object.fromEntries(objects.map((object) => [object, ownProperties(object)]))), ...more } as NonNullable<Wanted<P, X, L>['lookups']>
  const classesOf = ({ lookups: looked, segment }: ReadContext<L>): ReadonlyMap<string, FieldClass> => (looked as Readonly<Record<string, ReadonlyMap<string, FieldClass> | undefined>>)[String(segment['object'])] ?? new Map<string, FieldClass>()

  /** Records with their associations, from the answers to a batch. */
  const recordsIn = ([found, ...answers]: readonly Batch[], context: ReadContext<L>): readonly Row<P>[] => {
    const links = to.map((other, n) => [other, new Map((answers[n]!.results as readonly Associated[]).map((one) => [id(one.from.id), linkedIds(one)]))] as const)
    return (found!.results as readonly Found<P>[]).map((record) => ({ ...record, object: String(context.segment['object']), linked: Object.fromEntries(links.map(([other, table]) => [other, table.get(id(record.id)) ?? []])), own: ownOf(record, classesOf(context)) }))
  }

  const rows: Rows<Row<P> & X, Found<P>, Batch, L> = {
    kind: 'batch',
    size: MOST_INPUTS,
    asks(items, context) {
      const { object } = context.segment
      const ids = items.map((item) => item.id)
      const names = typeof columns === 'function' ? columns(context) : [...columns, ...classesOf(context).keys()]
      return [batchRead(object, ids, names), ...to.map((other) => batchAssociations(object, other, ids)), ...beside(items)]
    },
    ...(afterwards !== undefined && { afterwards: (answers, _items, context) => afterwards(recordsIn(answers, context)) }),
    rows: (answers, _items, context, later) => recordsIn(answers, context).flatMap((row) => also(row, context.lookups, answers.slice(1 + to.length), later).map((extra) => ({ ...row, ...extra }))),
  }
  const shared = {
    path, lookups,
    items: (page: Page): readonly Found<P>[] => page.results,
    segments: (typeof objects === 'function' ? (context: ReadContext<L>) => objects(context).map((object) => ({ object })) : objects.map((object) => ({ object }))) satisfies Walk<never, Page, Found<P>, Batch, L>['segments'],
  }
  const asked = ['hs_object_id', ...early]
  // 200 at once, and no query goes past 10,000: hence by the id of the record. https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
  const changes: Walk<Row<P> & X, Page, Found<P>, Batch, L> = {
    ...shared, rows,
    pages: { kind: 'keyset', after: (last) => ({ above: last.id }), done: (page) => (page.paging?.next ?? null) === null },
    request: ({ object, since, above = '0' }) => search(pathOf(object, '/search'), {
      filterGroups: [{ filters: [{ propertyName: changed, operator: 'GTE', value: since }, { propertyName: 'hs_object_id', operator: 'GT', value: above }] }],
      sorts: ['hs_object_id'], properties: asked, limit: 200, after: '0',
    }),
  }
  return {
    ...shared, rows, pages: listPages, request: listRequest,
    query: { limit: 100, properties: asked.join(',') },
    incremental: { since: (at: Date): Query => ({ since: String(at.getTime()) }), changedAt: (item: Found): string | null => instant(item.updatedAt), overlapSeconds: 600, walk: changes } satisfies Incremental<Found>,
    // What was archived is listed for a while; what was erased for privacy, or merged into another, is only missing.
    deletions: {
      seenAs: 'separate_read', absence: 'counts',
      walk: { ...shared, pages: listPages, request: listRequest, query: { limit: 100, properties: 'hs_object_id', archived: true }, rows: { kind: 'items' }, gone: remoteId },
    } satisfies Deletions<never>,
  }
}

/** What is read of an object, by the names that its models share. */
export type ObjectResource<M, C extends readonly string[], X extends object = object, L extends Tables = Tables> = Resource<RecordOf<M>, Row<C[number]> & X, Page, Found<C[number]>, Batch, L>
export const fromObject = <const P extends string>(object: string, columns: readonly P[], more: Pick<Wanted<P, object, Tables>, 'to' | 'changed'> = {}) =>
  ({ read: objectRead<P>({ objects: [object], columns, ...more }), identity: { remoteId: ({ id: record }: Pick<Found, 'id'>) => str(record) } })
