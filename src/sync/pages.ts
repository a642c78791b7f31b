import { hash } from 'node:crypto'
import type { AnyResource, Query, Rows, Send, UpstreamResponse } from '#kit'
import { Fault } from '../errors.ts'
import type { Place } from './run.ts'

/** One page of a vendor's list, as rows of a resource. */
export interface VendorPage {
  readonly rows: readonly { readonly row: unknown; readonly logId: string }[]
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
  readonly logIds: readonly string[]
}

type AnyRows = Rows<unknown, unknown, unknown>

export function firstPlace(resource: AnyResource, segment = 0): Place {
  const { pages } = resource.read
  const query: Query = pages.kind === 'offset' ? { [pages.param]: 0 } : pages.kind === 'page' ? { [pages.param]: pages.first } : {}
  return { segment, query: query as Place['query'], seen: 0 }
}

const shortHash = (value: unknown): string => hash('sha256', JSON.stringify(value), 'hex').slice(0, 16)

/** A short name of a place: a place that comes up twice in one run means that the list goes in circles. */
export const placeKey = (place: Place): string => shortHash([place.segment, place.query, place.url ?? null])

/** Read one page: the list's own request and, where rows need them, one more for each item. */
export async function readPage(resource: AnyResource, send: Send, { since, place }: { readonly since: Date | null; readonly place: Place }): Promise<VendorPage> {
  const { read } = resource
  const changed = since !== null && read.incremental !== 'full_only' ? read.incremental.since(since) : {}
  const query: Query = { ...read.query, ...read.segments?.[place.segment], ...changed, ...place.query }
  const response = await send({ method: 'GET', path: read.path, query, ...(place.url === undefined ? {} : { url: place.url }) })
  const items = expected(resource, response, () => {
    const list: unknown = read.items(response.body)
    if (!Array.isArray(list)) throw new TypeError('there is no list in the answer')
    return list as unknown[]
  })
  const total = read.total === undefined ? null : expected(resource, response, () => read.total!(response.body) + (read.pages.kind === 'keyset' ? place.seen : 0))
  const { rows, logIds } = await rowsOf(resource, send, response, items)
  const { incremental } = read
  const newest = incremental === 'full_only' ? null : expected(resource, response, () =>
    items.map((item) => incremental.changedAt(item)).filter((at) => at !== null).reduce<string | null>((a, b) => (a === null || b > a ? b : a), null))
  return { rows, items: items.length, total, newest, answeredAt: answeredAt(response), next: nextPlace(resource, place, response, items), logIds: [response.logId, ...logIds], fingerprint: items.length === 0 ? null : shortHash(items) }
}

function expected<T>(resource: AnyResource, response: UpstreamResponse, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new Fault('upstream.unexpected', { detail: `The answer to ${resource.read.path} is not of the expected shape.`, logId: response.logId, upstreamStatus: response.status }, cause)
  }
}

interface PageRows { readonly rows: VendorPage['rows']; readonly logIds: readonly string[] }

async function rowsOf(resource: AnyResource, send: Send, response: UpstreamResponse, items: readonly unknown[]): Promise<PageRows> {
  const kind: AnyRows = resource.read.rows
  const fromList = (read: (item: unknown) => readonly unknown[]): VendorPage['rows'] =>
    items.flatMap((item) => expected(resource, response, () => read(item)).map((row) => ({ row, logId: response.logId })))
  switch (kind.kind) {
    case 'items': return { rows: fromList((item) => [item]), logIds: [] }
    case 'within': return { rows: fromList(kind.rows), logIds: [] }
    case 'beside': {
      const beside = kind.needed(items) ? await unlessWithheld(() => send({ method: 'GET', path: kind.path, ...(kind.query === undefined ? {} : { query: kind.query }) })) : null
      if (beside === null) return { rows: fromList(kind.without), logIds: [] }
      return { rows: fromList((item) => expected(resource, beside, () => kind.rows(beside.body, item))), logIds: [beside.logId] }
    }
    case 'each': return detailRows(resource, send, response, items, kind)
  }
}

/** One request for each item. The door bounds how many are under way; all are awaited, so that nothing runs on behind a failed page. */
async function detailRows(resource: AnyResource, send: Send, response: UpstreamResponse, items: readonly unknown[], kind: Extract<AnyRows, { kind: 'each' }>): Promise<PageRows> {
  const without = (item: unknown, logId: string) => (kind.without?.(item) ?? []).map((row) => ({ row, logId }))
  const settled = await Promise.allSettled(items.map(async (item): Promise<PageRows> => {
    const path = kind.path(item)
    if (path === null) return { rows: without(item, response.logId), logIds: [] }
    try {
      const detail = await send({ method: 'GET', path, ...(kind.query === undefined ? {} : { query: kind.query }) })
      return { rows: expected(resource, detail, () => kind.rows(detail.body, item)).map((row) => ({ row, logId: detail.logId })), logIds: [detail.logId] }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      const logIds = error.facts.logId === undefined ? [] : [error.facts.logId]
      if (error.code === 'upstream.not_found') return { rows: [], logIds }
      if (error.code === 'upstream.forbidden' && kind.without !== undefined) return { rows: without(item, logIds[0] ?? response.logId), logIds }
      throw error
    }
  }))
  const failed = settled.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  const pages = settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  return { rows: pages.flatMap(({ rows }) => rows), logIds: pages.flatMap(({ logIds }) => logIds) }
}

async function unlessWithheld<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Fault && error.code === 'upstream.forbidden') return null
    throw error
  }
}

function nextPlace(resource: AnyResource, place: Place, response: UpstreamResponse, items: readonly unknown[]): Place | null {
  const { pages, segments } = resource.read
  const { body } = response
  const { segment } = place
  const seen = place.seen + items.length
  const next = expected(resource, response, (): Omit<Place, 'segment' | 'seen'> | null => {
    switch (pages.kind) {
      case 'single': return null
      case 'cursor': {
        const token = pages.next(body) ?? ''
        return token === '' ? null : { query: { [pages.param]: token } }
      }
      case 'link': {
        const url = /<([^>]+)>\s*;[^,]*\brel="?next"?/i.exec(response.headers.get('link') ?? '')?.[1]
        return url === undefined ? null : { query: {}, url }
      }
      case 'page': return pages.done(body, items) ? null : { query: { [pages.param]: Number(place.query[pages.param]) + 1 } }
      case 'offset': return items.length === 0 || pages.done(body, seen) ? null : { query: { [pages.param]: Number(place.query[pages.param]) + pages.size } }
      case 'keyset': return items.length === 0 || pages.done(body, items) ? null : { query: pages.after(items.at(-1)) as Place['query'] }
    }
  })
  if (next !== null) return { segment, seen, ...next }
  return segment + 1 < (segments?.length ?? 1) ? firstPlace(resource, segment + 1) : null
}

function answeredAt(response: UpstreamResponse): string | null {
  const date = Date.parse(response.headers.get('date') ?? '')
  return Number.isNaN(date) ? null : new Date(date).toISOString()
}
