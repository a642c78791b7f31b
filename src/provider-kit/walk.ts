import type { Pagination } from './pagination.ts'
import type { Ask, Query, Setup } from './request.ts'

/** What look-ups found, by the vendor's key; one type for each. */
export type Tables = Readonly<Record<string, unknown>>
// Where a walk forgets its types, so do its look-ups.
// oxlint-disable-next-line typescript/no-explicit-any
export type Looked<L extends Tables> = 0 extends 1 & L ? any : { readonly [K in keyof L]: ReadonlyMap<string, L[K]> }

/** What a read knows besides the list: the account's setup, and its look-ups. */
export interface ReadContext<L extends Tables = Tables> {
  readonly setup: Setup
  readonly lookups: Looked<L>
  /** The variables of the segment that is walked, for items that do not say which list they are from. Empty while segments are made. */
  readonly segment: Query
}

/** A short list that rows cannot be understood without: names of ids, custom fields, projects to walk. Read once while a run is at work. */
export interface Lookup<V> {
  readonly ask: (setup: Setup) => Ask
  entries(this: void, body: unknown): Iterable<readonly [string, V]>
  /** The query of the next page; null: this was the last. Absent: one answer holds everything. */
  next?(this: void, body: unknown): Query | null
  /** Where the list only names them: one more request for each of its entries, whose answer is the entry. */
  readonly each?: { readonly ask: (key: string) => Ask; entry(this: void, body: unknown): V }
  /** What it means when the credentials may not read it (403), or the vendor lacks it (404). */
  readonly withheld: 'fails' | 'is_empty'
}

/** What was asked afterwards, and what came of it. */
export interface Later<Detail> { readonly ask: Ask; readonly answer: Detail | null }

/** How an item of the list becomes rows. */
export type Rows<Row, Item, Detail, L extends Tables = Tables> =
  /** The item is the row. */
  | { readonly kind: 'items' }
  /** Rows lie inside the item, or are made of it and what was looked up. */
  | { readonly kind: 'within'; readonly rows: (item: Item, context: ReadContext<L>) => readonly Row[] }
  /** One more request for each item, or a list of its own for each; an item that has gone in between (404) has no rows. */
  | {
      readonly kind: 'each'
      /** Null: there is nothing to ask for this item. */
      readonly ask: (item: Item, context: ReadContext<L>) => Ask | null
      readonly rows: (detail: Detail, item: Item, context: ReadContext<L>) => readonly Row[]
      /** The rows of an item that has nothing to ask or whose detail the vendor withholds (403). Absent: a withheld detail fails the read. */
      readonly without?: (item: Item, context: ReadContext<L>) => readonly Row[]
      /** Where the item's own list has pages. `rows` is asked for each of them. */
      readonly more?: { readonly items: (detail: Detail) => readonly unknown[]; readonly pages: Pagination<Detail, unknown> }
    }
  /** A few more requests for so many items at once: reads of many ids, associations. */
  | {
      readonly kind: 'batch'
      readonly size: number
      readonly asks: (items: readonly Item[], context: ReadContext<L>) => readonly Ask[]
      /** What can only be asked once those are answered. What is not there (404) has a null for its answer. */
      readonly afterwards?: (answers: readonly Detail[], items: readonly Item[], context: ReadContext<L>) => readonly Ask[]
      /** `answers` are in the order of the asks. */
      readonly rows: (answers: readonly Detail[], items: readonly Item[], context: ReadContext<L>, later: readonly Later<Detail>[]) => readonly Row[]
    }
  /** One more request for each page: a short list that its items cannot be understood without. */
  | {
      readonly kind: 'beside'
      readonly ask: Ask
      /** False: nothing on this page asks for it. */
      readonly needed: (items: readonly Item[]) => boolean
      readonly rows: (beside: Detail, item: Item) => readonly Row[]
      /** The rows where it was not needed, or where the vendor withholds it (403). */
      readonly without: (item: Item) => readonly Row[]
    }

/** One of the vendor's lists, and how it is walked. */
export interface Walk<Row, Page = unknown, Item = Row, Detail = unknown, L extends Tables = Tables> {
  /** Where the list is. It also names the list in originals and errors. */
  readonly path: string
  readonly query?: Query
  /**
   * How the variables (`query`, segment, place, since) become a request. Absent: a GET of `path` with all of them in its query.
   * Search bodies, query languages, GraphQL and remote procedures are made here.
   */
  readonly request?: (variables: Query, context: ReadContext<L>) => Ask
  readonly lookups?: { readonly [K in keyof L]: Lookup<L[K]> }
  /** The list is walked once for each of these. Where they come from a look-up, a run whose segments change starts over. */
  readonly segments?: readonly Query[] | ((context: ReadContext<L>) => readonly Query[])
  readonly items: (page: Page) => readonly Item[]
  /** The remote id of a record that this item only says is gone; such an item has no rows. */
  readonly gone?: (item: Item, context: ReadContext<L>) => string | null
  /** How many items the vendor says the list has, where it says so: under `keyset`, how many are left. A walk that saw fewer is not complete. */
  readonly total?: (page: Page) => number
  readonly pages: Pagination<Page, Item>
  readonly rows: Rows<Row, Item, Detail, L>
}

// Walks of one resource may differ in everything but their rows.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyWalk<Row = any> = Walk<Row, any, any, any, any>
