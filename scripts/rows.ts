// Which rows of the catalogue (threats T, faults F, promises G) are proven: by a passed test whose title, or that of a
// `describe` around it, begins with the row's name. Reads the reports of the last runs; says so where they are partial.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { coverageOf, readCatalogue, reasonsLeft, type Report } from './rows/coverage.ts'
import { elsewhere } from './rows/elsewhere.ts'

const root = new URL('..', import.meta.url).pathname
const material = resolve(root, process.env['INTERMODAL_TEST_MATERIAL'] ?? '../shared')
const catalogueFile = join(material, 'design', 'reliability-and-security.md')
if (!existsSync(catalogueFile)) {
  console.error(`There is no ${catalogueFile}. Set INTERMODAL_TEST_MATERIAL to the folder that has design/.`)
  process.exit(1)
}

const reports = ['reports/vitest.json', 'reports/live.json'].map((file) => join(root, file)).filter((file) => existsSync(file))
if (reports.length === 0) {
  console.error('There is no report. Run `npm test` first.')
  process.exit(1)
}
for (const file of reports) {
  const { numTotalTests, numPassedTests } = JSON.parse(readFileSync(file, 'utf8')) as { numTotalTests: number; numPassedTests: number }
  console.log(`${file.slice(root.length)}: ${numPassedTests} of ${numTotalTests} tests passed, ${statSync(file).mtime.toISOString()}`)
}

const catalogue = readCatalogue(readFileSync(catalogueFile, 'utf8'))
const { covered, unknown } = coverageOf(catalogue, reports.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Report))
const widest = Math.min(100, process.stdout.columns ?? 100)
console.log(`\nCovered: ${covered.size} of ${catalogue.size}`)
for (const [row, tests] of covered) {
  console.log(`  ${row.padEnd(5)} ${catalogue.get(row)!.slice(0, widest)}`)
  for (const test of tests) console.log(`        ${test}`)
}
const { listed, stale } = reasonsLeft(catalogue, covered, elsewhere)
console.log(`\nNot proven here: ${listed.length}`)
for (const [row, reason] of listed) console.log(`  ${row.padEnd(5)} ${catalogue.get(row)!.slice(0, widest)}\n        ${reason}`)
console.log(`\nUncovered: ${catalogue.size - covered.size - listed.length}`)
for (const [row, title] of catalogue) if (!covered.has(row) && !Object.hasOwn(elsewhere, row)) console.log(`  ${row.padEnd(5)} ${title.slice(0, widest)}`)
if (stale.length > 0) {
  console.error(`\nThese rows are listed as not proven here, but they are, or there are none such: ${stale.join(', ')}`)
  process.exitCode = 1
}
if (unknown.length > 0) {
  console.error(`\nThese tests begin with rows that the catalogue does not have:\n${unknown.map((line) => `  ${line}`).join('\n')}`)
  process.exitCode = 1
}
