/** Every list is one procedure, `search_read`, at one address. So what a list is called here is the model that it is of. */
import type { Ask, Incremental, Pagination, Query, ReadContext, Setup, Variables } from '#kit'
import type { Found, Page } from './vendor.ts'
import { asMoment, moment } from './values.ts'

/** Newer servers refuse more at once than their operator allows, and lists without a limit. https://docs.tryton.org/latest/server/topics/configuration.html */
export const PAGE = 200

/** A condition, or `OR` and conditions. https://docs.tryton.org/latest/server/topics/domain.html */
export type Clause = readonly unknown[]

/** Exactly these three keys: with one more, such as `jsonrpc`, Tryton answers with the bare result and puts errors into web pages. https://docs.tryton.org/latest/server/topics/rpc.html */
export const call = (method: string, params: readonly unknown[]): Ask => ({ method: 'POST', path: '/', body: { id: 1, method, params } })

/**
 * Every procedure takes a context last. `company` keeps us where the account was linked when the user switches to another
 * company; `active_test` shows what is archived; `language` fixes the language of messages, which have no codes.
 */
export const contextOf = ({ company }: Setup) => ({ language: 'en', active_test: false, ...(company !== undefined && { company: Number(company) }) })

interface Listed {
  /** `model` is the list's own, or the segment's where it is read in several. */
  readonly fields: (context: ReadContext, model: string) => readonly string[]
  /** Relations whose records belong to this one, so that a change of theirs is a change of it. */
  readonly parts?: (setup: Setup) => readonly string[]
  readonly where?: (setup: Setup) => readonly Clause[]
  /** What a complete read asks for; a read of changes must also see what no longer is. */
  readonly living?: readonly Clause[]
  /** What changes by time alone. */
  readonly alsoSince?: (since: string, context: ReadContext) => readonly Clause[]
}

const stamps = (prefix: string): string[] => [`${prefix}create_date`, `${prefix}write_date`]
const none = (): readonly never[] => []

/** The newest stamp of the record and of its parts. */
function newestOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null
  return Object.entries(value).map(([key, inner]) => (key === 'create_date' || key === 'write_date' ? moment(inner) : newestOf(inner))).reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null)
}

/** All answers come from one address, so one that belongs to another question has to be told by its shape. */
function record<Item extends Found>(item: Item): Item {
  if (!Number.isSafeInteger(item.id)) throw new TypeError('what is listed is no record')
  return item
}

export const list = <Item extends Found>(model: string, { fields, parts = none, where = none, living = [], alsoSince = none }: Listed) => ({
  path: `/${model}`,
  request: ({ since, above = 0, model: segment }: Query, context: ReadContext): Ask => {
    const { setup } = context
    const asked = typeof segment === 'string' ? segment : model
    const inParts = parts(setup).flatMap((part) => stamps(`${part}.`))
    const after = (at: string, columns: readonly string[]): Clause[] => columns.map((column) => [column, '>=', asMoment(at)])
    const changed = (at: string): Clause[] => [['OR', ...after(at, stamps('')), ...(inParts.length === 0 ? [] : [[...living, ['OR', ...after(at, inParts)]]]), ...alsoSince(at, context)]]
    const domain = [['id', '>', above], ...where(setup), ...(typeof since === 'string' ? changed(since) : living)]
    return call(`model.${asked}.search_read`, [domain, 0, PAGE, [['id', 'ASC']], [...fields(context, asked), ...stamps(''), ...inParts], contextOf(setup)])
  },
  items: (page: Page<Item>): readonly Item[] => page.result.map(record),
  pages: { kind: 'keyset', after: (last: Item): Variables => ({ above: last.id }), done: (page: Page<Item>): boolean => page.result.length < PAGE } satisfies Pagination<Page<Item>, Item>,
  // A stamp is the time at which a transaction began, so a long one shows its changes late.
  incremental: { since: (at: Date): Query => ({ since: at.toISOString() }), changedAt: newestOf, overlapSeconds: 900 } satisfies Incremental<Item>,
})
