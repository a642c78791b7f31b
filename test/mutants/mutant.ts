/** A guard that is taken away, and the test that must notice. */
export type Mutant = Mistake & (
  /** The row of the catalogue that the guard is there for. */
  | { readonly row: string; readonly promise?: never }
  /** Words in the title of the test that keeps it, where the catalogue has no row. */
  | { readonly promise: string; readonly row?: never }
)

interface Mistake {
  /** What goes wrong without it, in words. */
  readonly what: string
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
  /** The test file in which a test of the row, or of the promise, must turn red. */
  readonly test: string
}
