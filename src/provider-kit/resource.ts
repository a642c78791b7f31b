import type { CommonModel } from '../../common-models/model.ts'
import type { Word } from './coerce.ts'
import type { FileAsk, Query, Setup } from './request.ts'
import type { AnyWalk, Looked, Tables, Walk } from './walk.ts'

/** Said of a field that the vendor does not have. Not the same as a value that happens to be null. */
export const notOffered: unique symbol = Symbol('not offered by the vendor')
type MayBeMissing<V> = null extends V ? typeof notOffered : V extends readonly unknown[] ? typeof notOffered : never

/** What a field's function may ask besides its row. */
export interface MapContext {
  /** The vendor's base URL for this account, without a trailing slash: for links that people can follow. */
  readonly baseUrl: string
  readonly setup: Setup
}

/** Where a field holds words, a function may say the vendor's own beside ours. */
type Told<V> = string extends NonNullable<V> ? V | Word : NonNullable<V> extends readonly string[] ? V | readonly (string | Word)[] : V

/** One entry per field of the common model: leave one out, misspell one, or return the wrong type, and it does not compile. */
export type FieldMap<T, Row> = { readonly [K in keyof T]-?: ((row: Row, context: MapContext) => Told<T[K]>) | MayBeMissing<T[K]> }

/** How "only what changed since" is asked for, or that it cannot be. */
export type Incremental<Item, Row = unknown> =
  | 'full_only'
  | {
      /** The variables that ask for it. A coarse grain must round down. */
      readonly since: (instant: Date, setup: Setup) => Query
      /** When the vendor last changed the item; the watermark is the newest of these. `run_began`: items do not say, so it is the vendor's clock at the beginning. */
      readonly changedAt: ((item: Item) => string | null) | 'run_began'
      /** Read again this many seconds before the watermark: equal timestamps, coarse grains and clocks, searches that show a change late. */
      readonly overlapSeconds: number
      /** The vendor forgets changes older than this: a later run reads everything. */
      readonly reachesBackDays?: number
      /** Where changes are not in the list itself but in another. */
      readonly walk?: AnyWalk<Row>
    }

/** Whether a record that a complete read did not show is therefore gone. */
type Absence = 'counts' | 'means_nothing'

/** How we learn that a record is gone. No default: every adapter must answer. */
export type Deletions<Row> =
  | { readonly seenAs: 'missing_from_full_read' }
  /** A mark on the row. */
  | { readonly seenAs: 'flag'; readonly gone: (row: Row) => boolean }
  /** The list of changes names them: its walk says which items are `gone`. */
  | { readonly seenAs: 'change'; readonly absence: Absence }
  /** A list of their own, read at the end of every run but the first; all of its items are `gone`. */
  | { readonly seenAs: 'separate_read'; readonly walk: AnyWalk<never>; readonly since?: (instant: Date, setup: Setup) => Query; readonly absence: Absence }
  | { readonly seenAs: 'never'; readonly because: string }

/** How a resource is read. */
export interface Read<Row, Page, Item, Detail, L extends Tables = Tables> extends Walk<Row, Page, Item, Detail, L> {
  readonly incremental: Incremental<Item, Row>
  readonly deletions: Deletions<Row>
  /** Where it changes so seldom that asking more often is not worth a request: roles, types, time zones. */
  readonly everySeconds?: number
}

export interface Identity<Row> {
  /** The vendor's id, unique among this model's records of one account. */
  readonly remoteId: (row: Row) => string | null
  /** True where one record comes up in many items, the same each time: a department in every employee. */
  readonly repeats?: boolean
}

/** A vendor field beyond the common model, with its value on one record. */
export interface RemoteFieldValue {
  readonly key: string
  readonly name: string
  readonly value: unknown
}

/** What a vendor says of one of its own fields, whether or not a record uses it. */
export interface FieldClass {
  /** What people at the vendor call it. */
  readonly name: string
  readonly description: string | null
  readonly type: 'string' | 'number' | 'boolean' | 'date' | 'datetime' | 'list' | null
  readonly isRequired: boolean | null
  /** Where only some values are allowed. */
  readonly choices: readonly { readonly value: string; readonly name: string }[]
}

/** One of the vendor's lists, read into one common model. */
export interface Resource<T extends object, Row, Page = unknown, Item = Row, Detail = unknown, L extends Tables = Tables> {
  readonly model: CommonModel<T>
  /** Raise it when `fields` changes meaning: stored rows are then mapped anew. */
  readonly version: number
  readonly read: Read<Row, Page, Item, Detail, L>
  readonly identity: Identity<Row>
  readonly fields: FieldMap<T, Row>
  /** Custom fields. Their names are the row's to tell: what was looked up goes into the row, so that it can be mapped again without the vendor. */
  readonly remoteFields?: (row: Row) => readonly RemoteFieldValue[]
  /**
   * The request for the bytes of the file that the record stands for. Null: the row does not say where they are. Must not throw.
   * Of the row it may use what `identity` and `file_url` read: where something is switched off, no more is kept of it.
   */
  readonly download?: (row: Row, setup: Setup) => FileAsk | null
  /** The look-up of the walk that lists custom fields by key, each with a `FieldClass`; or how they are found in look-ups that hold more. */
  readonly fieldClasses?: (keyof L & string) | ((lookups: Looked<L>) => ReadonlyMap<string, FieldClass>)
}

// The one place where a list of unlike resources forgets its types.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyResource = Resource<any, any, any, any, any, any>
