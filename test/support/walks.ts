/** A vendor that is one function, and a resource around whatever walk a test tries. */
import { id, parseQuery, selected, str, type AnyResource, type AnyWalk, type Deletions, type Incremental, type Send, type UpstreamRequest } from '#kit'
import { models } from '#models'
import { Fault } from '#src/errors'
import { createMemory } from '#src/sync/lookups'
import { readPage } from '#src/sync/pages'
import { firstPlace } from '#src/sync/place'
import type { Place } from '#src/sync/run'

export interface Vendor { readonly send: Send; readonly asked: UpstreamRequest[] }
export type Answers = (request: UpstreamRequest) => unknown

/** Answers with JSON, or throws. `undefined`: not found. */
export function vendorOf(answer: Answers, headers: Readonly<Record<string, string>> = {}): Vendor {
  const asked: UpstreamRequest[] = []
  return {
    asked,
    async send(request) {
      asked.push(request)
      const body = answer(request)
      if (body === undefined) throw new Fault('upstream.not_found', { logId: `log-${asked.length}` })
      return { status: 200, headers: new Headers(headers), body: structuredClone(body), logId: `log-${asked.length}` }
    },
  }
}

export const forbidden = (): never => { throw new Fault('upstream.forbidden', { logId: 'withheld' }) }

/** A tag has one field, so that a test is about its walk. */
export const resourceOf = (walk: AnyWalk, { incremental = 'full_only', deletions = { seenAs: 'missing_from_full_read' } }: { incremental?: Incremental<unknown>; deletions?: Deletions<unknown> } = {}): AnyResource => ({
  model: models['ticketing.Tag'], version: 1, read: { ...walk, incremental, deletions }, identity: { remoteId: (row: { id: unknown }) => id(row.id) }, fields: { name: (row: { name: unknown }) => str(row.name) },
})

export async function readAll(resource: AnyResource, { send }: Vendor, options: { since?: Date; deletions?: boolean; setup?: Readonly<Record<string, string>> } = {}) {
  const { since = null } = options
  const memory = createMemory()
  const pages: Awaited<ReturnType<typeof readPage>>[] = []
  for (let place: Place | null = firstPlace(resource, since); place !== null;) {
    const page = await readPage(resource, send, { ...options, since, place: JSON.parse(JSON.stringify(place)) as Place, memory })
    pages.push(page)
    place = page.next
    if (pages.length > 100) throw new Error('no end')
  }
  return { pages, rows: pages.flatMap(({ rows }) => rows.map(({ row }) => row)), gone: pages.flatMap(({ gone }) => gone) }
}

/** Answers a query text over rows, pages of `size`, the rest at an address of its own. */
export function sqlVendor(rows: readonly Readonly<Record<string, unknown>>[], size: number): Vendor {
  const places: { readonly left: readonly object[] }[] = []
  const page = (all: readonly object[]): object => {
    const left = all.slice(size)
    if (left.length > 0) places.push({ left })
    return { done: left.length === 0, records: all.slice(0, size), ...(left.length > 0 && { nextRecordsUrl: `/query/${places.length - 1}` }) }
  }
  return vendorOf(({ url, query }) => {
    if (url !== undefined) return page(places[Number(url.split('/').at(-1))]!.left)
    const parsed = parseQuery(String(query!['q']))
    if (typeof parsed === 'string') throw new Error(parsed)
    return page(parsed.sort(rows.filter(parsed.matches)).map((row) => selected(row, parsed.select)))
  })
}

