/** How the tests that prove a vendor went, by the reports of the last runs. */
import { existsSync, readFileSync } from 'node:fs'
import type { Report } from '../rows/coverage.ts'

const suites = ['conformance', 'contract', 'sdk', 'live'] as const
type Suite = (typeof suites)[number]

export const readReports = (): readonly Report[] => ['reports/vitest.json', 'reports/live.json'].filter(existsSync).map((file) => JSON.parse(readFileSync(file, 'utf8')) as Report)

/** Conformance asks everybody: its titles say whom. The others have files of their own. */
function suiteOf(slug: string, file: string, titles: readonly string[]): Suite | null {
  const [, folder, rest] = /\/test\/(conformance|contract|live)\/(.*)\.test\.ts$/.exec(file) ?? []
  if (folder === 'conformance') return titles.some((title) => new RegExp(`(?<![\\w-])${slug}(?![\\w-])`).test(title)) ? 'conformance' : null
  if (rest === undefined || !(rest === slug || rest.startsWith(`${slug}-`))) return null
  return folder === 'live' ? 'live' : rest === `${slug}-sdk` ? 'sdk' : 'contract'
}

/** `conformance 122 passed, contract 11 passed, sdk not run, live 4 passed 1 skipped`. */
export function lastRun(slug: string, reports: readonly Report[]): string {
  const tests = reports.flatMap(({ testResults }) => testResults.flatMap(({ name, assertionResults }) => assertionResults.map(({ status, title, ancestorTitles }) => ({ status, suite: suiteOf(slug, name.replaceAll('\\', '/'), [...ancestorTitles, title]) }))))
  return suites.map((suite) => {
    const own = tests.filter((test) => test.suite === suite)
    const counts = Object.entries(Object.groupBy(own, ({ status }) => status)).map(([status, found]) => `${found!.length} ${status}`).sort()
    return `${suite} ${counts.length === 0 ? 'not run' : counts.join(' ')}`
  }).join(', ')
}
