import type { Query } from './resource.ts'

/** How a vendor hands out a list. Data, so that the engine walks it, the sandbox serves it and the docs print it. */
export type Pagination<Page, Item> =
  /** One answer holds everything. */
  | { readonly kind: 'single' }
  /** The answer names the next place, which goes into a query parameter. */
  | { readonly kind: 'cursor'; readonly param: string; readonly next: (page: Page) => string | null | undefined }
  /** `Link: <...>; rel="next"`. */
  | { readonly kind: 'link' }
  /** Page 1, 2, 3 in a query parameter. */
  | { readonly kind: 'page'; readonly param: string; readonly first: 0 | 1; readonly done: (page: Page, items: readonly Item[]) => boolean }
  /** Skip the first n. Rows shift under it; prefer `keyset` where the vendor filters by id. */
  | { readonly kind: 'offset'; readonly param: string; readonly size: number; readonly done: (page: Page, seen: number) => boolean }
  /** The next page starts behind the last item: nothing shifts when rows come and go. */
  | { readonly kind: 'keyset'; readonly after: (last: Item) => Query; readonly done: (page: Page, items: readonly Item[]) => boolean }
