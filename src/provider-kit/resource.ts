import type { CommonModel } from '../../common-models/model.ts'
import type { Word } from './coerce.ts'
import type { Pagination } from './pagination.ts'

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** Said of a field that the vendor does not have. Not the same as a value that happens to be null. */
export const notOffered: unique symbol = Symbol('not offered by the vendor')
type MayBeMissing<V> = null extends V ? typeof notOffered : V extends readonly unknown[] ? typeof notOffered : never

/** What a field's function may ask besides its row. */
export interface MapContext {
  /** The vendor's base URL for this account, without a trailing slash: for links that people can follow. */
  readonly baseUrl: string
}

/** Where a field holds words, a function may say the vendor's own beside ours. */
type Told<V> = string extends NonNullable<V> ? V | Word : NonNullable<V> extends readonly string[] ? V | readonly (string | Word)[] : V

/** One entry per field of the common model: leave one out, misspell one, or return the wrong type, and it does not compile. */
export type FieldMap<T, Row> = { readonly [K in keyof T]-?: ((row: Row, context: MapContext) => Told<T[K]>) | MayBeMissing<T[K]> }

/** How "only what changed since" is asked for, or that it cannot be. */
export type Incremental<Item> =
  | 'full_only'
  | {
      readonly since: (instant: Date) => Query
      /** When the vendor last changed the item; the watermark is the newest of these. */
      readonly changedAt: (item: Item) => string | null
      /** Read again this many seconds before the watermark: equal timestamps, late visibility, coarse clocks. */
      readonly overlapSeconds: number
    }

/** How we learn that a record is gone. No default: every adapter must answer. */
export type Deletions<Row> =
  | { readonly seenAs: 'missing_from_full_read' }
  | { readonly seenAs: 'flag'; readonly gone: (row: Row) => boolean }
  | { readonly seenAs: 'never'; readonly because: string }

/** How an item of the list becomes rows. */
export type Rows<Row, Item, Detail> =
  /** The item is the row. */
  | { readonly kind: 'items' }
  /** Rows lie inside the item. */
  | { readonly kind: 'within'; readonly rows: (item: Item) => readonly Row[] }
  /** One more request for each item; an item that has gone in between (404) has no rows. */
  | {
      readonly kind: 'each'
      /** Null: there is nothing to ask for this item. */
      readonly path: (item: Item) => string | null
      readonly query?: Query
      readonly rows: (detail: Detail, item: Item) => readonly Row[]
      /** The rows of an item that has no path or whose detail the vendor withholds (403). Absent: a withheld detail fails the read. */
      readonly without?: (item: Item) => readonly Row[]
    }
  /** One more request for each page: a short list that its items cannot be understood without. */
  | {
      readonly kind: 'beside'
      readonly path: string
      readonly query?: Query
      /** False: nothing on this page asks for it. */
      readonly needed: (items: readonly Item[]) => boolean
      readonly rows: (beside: Detail, item: Item) => readonly Row[]
      /** The rows where it was not needed, or where the vendor withholds it (403). */
      readonly without: (item: Item) => readonly Row[]
    }

/** One of the vendor's lists, and how it is walked. */
export interface Read<Row, Page, Item, Detail> {
  readonly path: string
  readonly query?: Query
  /** The list is walked once for each of these. */
  readonly segments?: readonly Query[]
  readonly items: (page: Page) => readonly Item[]
  /** How many items the vendor says the list has, where it says so: under `keyset`, how many are left. A walk that saw fewer is not complete. */
  readonly total?: (page: Page) => number
  readonly pages: Pagination<Page, Item>
  readonly rows: Rows<Row, Item, Detail>
  readonly incremental: Incremental<Item>
  readonly deletions: Deletions<Row>
}

export interface Identity<Row> {
  /** The vendor's id, unique among this model's records of one account. */
  readonly remoteId: (row: Row) => string | null
}

/** A vendor field beyond the common model, with its value on one record. */
export interface RemoteFieldValue {
  readonly key: string
  readonly name: string
  readonly value: unknown
}

/** One of the vendor's lists, read into one common model. */
export interface Resource<T extends object, Row, Page = unknown, Item = Row, Detail = unknown> {
  readonly model: CommonModel<T>
  /** Raise it when `fields` changes meaning: stored rows are then mapped anew. */
  readonly version: number
  readonly read: Read<Row, Page, Item, Detail>
  readonly identity: Identity<Row>
  readonly fields: FieldMap<T, Row>
  readonly remoteFields?: (row: Row) => readonly RemoteFieldValue[]
}

// The one place where a list of unlike resources forgets its types.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyResource = Resource<any, any, any, any, any>
