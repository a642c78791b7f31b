import type { Scalar } from './request.ts'

/** Values that say where in a list a request stands. They are kept in checkpoints, so they are small and never secret. */
export type Variables = Readonly<Record<string, Scalar>>

/** How a vendor hands out a list. Data, so that the engine walks it, the sandbox serves it and the docs print it. */
export type Pagination<Page, Item> =
  /** One answer holds everything. */
  | { readonly kind: 'single' }
  /** The answer names the next place, which goes into a variable. */
  | { readonly kind: 'cursor'; readonly param: string; readonly next: (page: Page) => string | null | undefined }
  /** `Link: <...>; rel="next"`. */
  | { readonly kind: 'link' }
  /** The answer holds the address of the next page, whole or from the root. It is fetched with GET. */
  | { readonly kind: 'url'; readonly next: (page: Page) => string | null | undefined }
  /** Page 1, 2, 3 in a variable. */
  | { readonly kind: 'page'; readonly param: string; readonly first: 0 | 1; readonly done: (page: Page, items: readonly Item[]) => boolean }
  /** Skip the first n. Rows shift under it and under `page`, so before anything is deleted such a list is read once more; prefer `keyset` where the vendor filters by id. */
  | { readonly kind: 'offset'; readonly param: string; readonly size: number; readonly done: (page: Page, seen: number) => boolean }
  /**
   * The next page starts behind the last item: nothing shifts when rows come and go, and no cap on offsets is ever met.
   * Sort by what the variables name, and by an id where that can be equal.
   */
  | { readonly kind: 'keyset'; readonly after: (last: Item) => Variables; readonly done: (page: Page, items: readonly Item[]) => boolean }
