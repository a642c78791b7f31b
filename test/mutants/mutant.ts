/** A guard that is taken away, and the test that must notice. */
export interface Mutant {
  /** The row of the catalogue that the guard is there for. */
  readonly row: string
  /** What goes wrong without it, in words. */
  readonly what: string
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
  /** The test file in which a test of the row must turn red. */
  readonly test: string
}
