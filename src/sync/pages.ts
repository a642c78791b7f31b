import { reading, type AnyResource, type AnyWalk, type FieldClass, type Query, type ReadContext, type Send, type Setup, type UpstreamRequest, type UpstreamResponse } from '#kit'
import { createBreath } from './breath.ts'
import { createMemory, lookUp, type Memory } from './lookups.ts'
import { behindSegment, follow, segmentAt, shortName, walkAt } from './place.ts'
import { expected, rowsOf, type FoundRow } from './rows.ts'
import type { Place } from './run.ts'

/** One page of a vendor's list, as rows of a resource. */
export interface VendorPage {
  readonly rows: readonly FoundRow[]
  /** Remote ids of records that the vendor says are gone. */
  readonly gone: readonly string[]
  /** Items of the list on this page; an item may be no row, one, or many. */
  readonly items: number
  /** How many items the place's segment has, as the vendor says. */
  readonly total: number | null
  /** The newest change that the page tells of. */
  readonly newest: string | null
  /** The vendor's clock when it answered. */
  readonly answeredAt: string | null
  readonly next: Place | null
  /** A short name of what the page lists; null where it lists nothing. The same twice in one run: the vendor ignores where it is asked to go on. */
  readonly fingerprint: string | null
  /** Items that changed long before the time since which changes were asked for. */
  readonly stale: number
  readonly logIds: readonly string[]
  /** The vendor's own fields, by key, where it lists them; told with the first page. */
  readonly classes: ReadonlyMap<string, FieldClass>
}

export interface PageRequest {
  readonly since: Date | null
  readonly place: Place
  readonly setup?: Setup
  readonly memory?: Memory
  /** Whether the list of what is gone follows, where the vendor has one. */
  readonly deletions?: boolean
}

/** Read one page: the list's own request, and what its rows take besides. */
export async function readPage(resource: AnyResource, send: Send, { since, place, setup = {}, memory = createMemory(), deletions = false }: PageRequest): Promise<VendorPage> {
  const walk = walkAt(resource, { since, place })
  const { lookups, logIds: lookedUp } = await lookUp(walk, send, setup, memory)
  const outside: ReadContext = { setup, lookups, segment: {} }
  const segment = segmentAt(walk, place, outside)
  if (segment === null) return { ...nothing, next: behindSegment(resource, walk, place, outside, undefined, deletions), logIds: lookedUp }
  const context: ReadContext = { setup, lookups, segment: segment.query }
  const variables: Query = { ...walk.query, ...segment.query, ...changedSince(resource, place, since, setup), ...place.query }
  const response = await send(requestOf(walk, place, variables, context))
  const listed = expected(walk.path, response, () => {
    const list: unknown = walk.items(response.body)
    if (!Array.isArray(list)) throw new TypeError('there is no list in the answer')
    return list as unknown[]
  })
  const texts = await textsOf(listed)
  const gone = listed.map((item) => (walk.gone === undefined ? null : expected(walk.path, response, () => walk.gone!(item, context))))
  const lives = (_: unknown, n: number): boolean => gone[n] === null
  const total = walk.total === undefined ? null : expected(walk.path, response, () => walk.total!(response.body) + (walk.pages.kind === 'keyset' ? place.seen : 0))
  const { rows, logIds } = await rowsOf(walk, send, response, listed.filter(lives), texts.filter(lives), context)
  const next = expected(walk.path, response, () => follow(walk.pages, response, listed, place))
  const inList = place.part === undefined
  return {
    rows, gone: gone.filter((id) => id !== null),
    // What is gone is not among those that a complete read must have seen.
    items: inList ? listed.length : 0, total: inList ? total : null,
    newest: inList ? newestOf(resource, listed) : null, answeredAt: answeredAt(response),
    next: next === null ? behindSegment(resource, walk, place, outside, segment.mark, deletions) : { segment: place.segment, seen: place.seen + listed.length, ...next, ...(place.part !== undefined && { part: place.part }), ...(segment.mark !== undefined && { mark: segment.mark }) },
    logIds: [...lookedUp, response.logId, ...logIds],
    classes: inList && place.segment === 0 && place.seen === 0 ? expected(walk.path, response, () => classesOf(resource, lookups as Readonly<Record<string, ReadonlyMap<string, FieldClass>>>)) : noClasses,
    stale: inList ? staleIn(resource, listed, since) : 0,
    fingerprint: listed.length === 0 ? null : shortName(`${place.part ?? ''}\n${place.segment}\n${texts.join('\n')}`),
  }
}

/** The items of a page as JSON, written once for all that need it. */
async function textsOf(items: readonly unknown[]): Promise<string[]> {
  const breath = createBreath()
  const texts: string[] = []
  for (const item of items) {
    texts.push(JSON.stringify(item) ?? 'null')
    if (breath.isDue()) await breath.take()
  }
  return texts
}

const noClasses: ReadonlyMap<string, FieldClass> = new Map()
function classesOf({ fieldClasses }: AnyResource, lookups: Readonly<Record<string, ReadonlyMap<string, FieldClass>>>): ReadonlyMap<string, FieldClass> {
  return typeof fieldClasses === 'function' ? fieldClasses(lookups) : fieldClasses === undefined ? noClasses : lookups[fieldClasses] ?? noClasses
}
const nothing = { rows: [], gone: [], items: 0, total: null, newest: null, answeredAt: null, stale: 0, fingerprint: null, classes: noClasses }

function requestOf(walk: AnyWalk, { url }: Place, variables: Query, context: Parameters<NonNullable<AnyWalk['request']>>[1]): UpstreamRequest {
  if (url !== undefined) return { ...reading({ path: walk.path }), url }
  return reading(walk.request === undefined ? { path: walk.path, query: variables } : walk.request(variables, context))
}

function changedSince({ read: { incremental, deletions } }: AnyResource, { part }: Place, since: Date | null, setup: Setup): Query {
  if (since === null) return {}
  if (part === 'deletions') return deletions.seenAs === 'separate_read' ? deletions.since?.(since, setup) ?? {} : {}
  return incremental === 'full_only' ? {} : incremental.since(since, setup)
}

/** An item whose time cannot be read tells of no change: it is the row's matter what is wrong with it, and the page goes on. */
function newestOf({ read: { incremental } }: AnyResource, items: readonly unknown[]): string | null {
  if (incremental === 'full_only' || incremental.changedAt === 'run_began') return null
  const { changedAt } = incremental
  const timeOf = (item: unknown): string | null => { try { return changedAt(item) } catch { return null } }
  return items.map(timeOf).filter((at) => at !== null).reduce<string | null>((a, b) => (a === null || b > a ? b : a), null)
}

/** Vendors may take no finer time than a day, so what changed within the day before is no sign of anything. */
const COARSEST_MS = 86_400_000

function staleIn({ read: { incremental } }: AnyResource, items: readonly unknown[], since: Date | null): number {
  if (since === null || incremental === 'full_only' || incremental.changedAt === 'run_began') return 0
  const { changedAt } = incremental
  const before = since.getTime() - COARSEST_MS
  return items.filter((item) => {
    try { return Date.parse(changedAt(item) ?? '') < before } catch { return false }
  }).length
}

function answeredAt(response: UpstreamResponse): string | null {
  const date = Date.parse(response.headers.get('date') ?? '')
  return Number.isNaN(date) ? null : new Date(date).toISOString()
}
