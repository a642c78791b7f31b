import { reading, type AnyWalk, type Ask, type ReadContext, type Rows, type Send, type UpstreamResponse } from '#kit'
import { Fault } from '../errors.ts'
import { firstVariables, follow, shortHash } from './place.ts'
import type { Place } from './run.ts'

/** A row, and the log of the answer that it came in. */
export interface FoundRow {
  readonly row: unknown
  /** It as JSON, where that has been written already. */
  readonly raw?: string
  readonly logId: string
}
export interface PageRows { readonly rows: readonly FoundRow[]; readonly logIds: readonly string[] }

type AnyRows = Rows<unknown, unknown, unknown>
type InnerPlace = Pick<Place, 'query' | 'url' | 'seen'>
type Each = Extract<AnyRows, { kind: 'each' }>

/** Pages of one item's own list; no ticket has more comments than this times a page. */
const MOST_INNER_PAGES = 10_000

/** Reads of an answer that only fail where it is not of the shape that the adapter knows. */
export function expected<T>(path: string, response: UpstreamResponse, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new Fault('upstream.unexpected', { detail: `The answer to ${path} is not of the expected shape.`, logId: response.logId, upstreamStatus: response.status }, cause)
  }
}

/** The rows of a page's items, with whatever further requests they take. `texts` are the items as JSON. */
export async function rowsOf(walk: AnyWalk, send: Send, response: UpstreamResponse, items: readonly unknown[], texts: readonly string[], context: ReadContext): Promise<PageRows> {
  const kind: AnyRows = walk.rows
  const fromList = (read: (item: unknown) => readonly unknown[]): PageRows['rows'] =>
    items.flatMap((item) => expected(walk.path, response, () => read(item)).map((row) => ({ row, logId: response.logId })))
  switch (kind.kind) {
    case 'items': return { rows: items.map((row, n) => ({ row, raw: texts[n]!, logId: response.logId })), logIds: [] }
    case 'within': return { rows: fromList((item) => kind.rows(item, context)), logIds: [] }
    case 'beside': {
      const beside = kind.needed(items) ? await unless('upstream.forbidden', () => send(reading(kind.ask))) : null
      if (beside === null) return { rows: fromList(kind.without), logIds: [] }
      return { rows: fromList((item) => expected(kind.ask.path, beside, () => kind.rows(beside.body, item))), logIds: [beside.logId] }
    }
    case 'batch': {
      const parts = Array.from({ length: Math.ceil(items.length / kind.size) }, (_, n) => items.slice(n * kind.size, (n + 1) * kind.size))
      return joined(await allSettled(parts, async (part) => {
        const asks = expected(walk.path, response, () => kind.asks(part, context))
        const answers = await allSettled(asks, (ask) => send(reading(ask)))
        const bodies = answers.map(({ body }) => body)
        const inAnswers = <T>(read: () => T): T => expected(asks[0]?.path ?? walk.path, answers[0] ?? response, read)
        const later = await allSettled(inAnswers(() => kind.afterwards?.(bodies, part, context) ?? []), async (ask) => ({ ask, response: await unless('upstream.not_found', () => send(reading(ask))) }))
        const rows = inAnswers(() => kind.rows(bodies, part, context, later.map(({ ask, response: answer }) => ({ ask, answer: answer?.body ?? null }))))
        return { rows: rows.map((row) => ({ row, logId: response.logId })), logIds: [...answers, ...later.map((one) => one.response)].flatMap((answer) => answer?.logId ?? []) }
      }))
    }
    case 'each': return joined(await allSettled(items, (item) => itemRows(walk, kind, send, response, item, context)))
  }
}

/** The rows of one item. */
async function itemRows(walk: AnyWalk, kind: Each, send: Send, response: UpstreamResponse, item: unknown, context: ReadContext): Promise<PageRows> {
  const without = (logId: string): FoundRow[] => expected(walk.path, response, () => kind.without?.(item, context) ?? []).map((row) => ({ row, logId }))
  const ask = expected(walk.path, response, () => kind.ask(item, context))
  if (ask === null) return { rows: without(response.logId), logIds: [] }
  try {
    return await ownPages(kind, ask, send, item, context)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const logIds = error.facts.logId === undefined ? [] : [error.facts.logId]
    if (error.code === 'upstream.not_found') return { rows: [], logIds }
    if (error.code === 'upstream.forbidden' && kind.without !== undefined) return { rows: without(logIds[0] ?? response.logId), logIds }
    throw error
  }
}

/** One answer, or all pages of the item's own list. */
async function ownPages({ rows: read, more }: Each, ask: Ask, send: Send, item: unknown, context: ReadContext): Promise<PageRows> {
  const rows: FoundRow[] = []
  const logIds: string[] = []
  const visited = new Set<string>()
  let place: InnerPlace | null = { query: more === undefined ? {} : firstVariables(more.pages), seen: 0 }
  while (place !== null) {
    const { query, url, seen }: InnerPlace = place
    if (logIds.length >= MOST_INNER_PAGES || visited.has(shortHash([query, url]))) throw new Fault('upstream.loop', { detail: `The vendor's list ${ask.path} goes in circles.`, ...(logIds[0] !== undefined && { logId: logIds[0] }) })
    visited.add(shortHash([query, url]))
    const plain = Object.keys(query).length === 0
    const answer: UpstreamResponse = await send(url === undefined ? reading(plain ? ask : { ...ask, query: { ...ask.query, ...query } }) : { ...reading({ path: ask.path }), url })
    logIds.push(answer.logId)
    rows.push(...expected(ask.path, answer, () => read(answer.body, item, context)).map((row) => ({ row, logId: answer.logId })))
    place = more === undefined ? null : expected(ask.path, answer, (): InnerPlace | null => {
      const items = more.items(answer.body)
      const next = follow(more.pages, answer, items, { query, seen })
      return next === null ? null : { ...next, seen: seen + items.length }
    })
  }
  return { rows, logIds }
}

const joined = (parts: readonly PageRows[]): PageRows => ({ rows: parts.flatMap(({ rows }) => rows), logIds: parts.flatMap(({ logIds }) => logIds) })

/** The door bounds how many are under way; all are awaited, so that nothing runs on behind a failed page. */
async function allSettled<T, R>(inputs: readonly T[], work: (input: T) => Promise<R>): Promise<R[]> {
  const settled = await Promise.allSettled(inputs.map(work))
  const failed = settled.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
}

/** Null where what the vendor says is this one thing. */
async function unless<T>(code: 'upstream.forbidden' | 'upstream.not_found', ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Fault && error.code === code) return null
    throw error
  }
}
