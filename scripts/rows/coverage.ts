/** Rows of the catalogue against the titles of tests. */

/** As much of Vitest's JSON report as is read. */
export interface Report {
  readonly testResults: readonly { readonly name: string; readonly assertionResults: readonly { readonly status: string; readonly title: string; readonly ancestorTitles: readonly string[] }[] }[]
}

/** Row to what it is about, in the catalogue's order: the lines of its tables that begin with a name like T01, F24 or G3. */
export const readCatalogue = (page: string): Map<string, string> =>
  new Map([...page.matchAll(/^\|\s*\**([TFG]\d+)\**\s*\|\s*([^|]+)/gm)].map(([, row, title]) => [row!, title!.replaceAll(/[*`]/g, '').trim()]))

/** `F50 F48 a title` proves F50 and F48; a row's name further on in a title is only mentioned. */
export const rowsOf = (title: string): string[] => /^(?:[TFG]\d+\b[,:]?\s*)+/.exec(title)?.[0].match(/[TFG]\d+/g) ?? []

/** What the passed tests prove; and titles that name rows which do not exist, for a misspelt row would look uncovered. */
export function coverageOf(catalogue: ReadonlyMap<string, string>, reports: readonly Report[]): { covered: Map<string, string[]>; unknown: string[] } {
  const found = new Map<string, string[]>()
  const unknown = new Set<string>()
  for (const { testResults } of reports) for (const { assertionResults } of testResults) for (const { status, title, ancestorTitles } of assertionResults) {
    const titles = [...ancestorTitles, title]
    for (const row of new Set(titles.flatMap(rowsOf))) {
      if (!catalogue.has(row)) unknown.add(titles.join(' > '))
      else if (status === 'passed') found.set(row, [...(found.get(row) ?? []), titles.join(' > ')])
    }
  }
  const covered = new Map([...catalogue.keys()].filter((row) => found.has(row)).map((row) => [row, found.get(row)!]))
  return { covered, unknown: [...unknown] }
}

/** Rows with a reason instead of a test; and those whose reason has become untrue. */
export function reasonsLeft(catalogue: ReadonlyMap<string, string>, covered: ReadonlyMap<string, unknown>, reasons: Readonly<Record<string, string>>): { listed: [row: string, reason: string][]; stale: string[] } {
  const isTrue = (row: string): boolean => catalogue.has(row) && !covered.has(row)
  return { listed: Object.entries(reasons).filter(([row]) => isTrue(row)), stale: Object.keys(reasons).filter((row) => !isTrue(row)) }
}
