import { expect, it } from 'vitest'
import { coverageOf, readCatalogue, reasonsLeft, rowsOf, type Report } from '../../scripts/rows/coverage.ts'

const page = `
| # | Threat | Test |
|---|---|---|
| T01 | **BOLA** of \`ids\` | x |
| F50 | NUL in text | x |
| F48 | emoji | x |
| G1 | Page atomicity | none |
| A9 | no row | x |
`
const report = (...tests: [status: string, ...titles: string[]][]): Report => ({
  testResults: [{ name: 'a.test.ts', assertionResults: tests.map(([status, ...titles]) => ({ status, title: titles.at(-1)!, ancestorTitles: titles.slice(0, -1) })) }],
})
const covered = (...tests: Parameters<typeof report>): string[] => [...coverageOf(readCatalogue(page), [report(...tests)]).covered.keys()]

it('reads the rows of the catalogue, in its order', () => {
  expect([...readCatalogue(page)]).toEqual([['T01', 'BOLA of ids'], ['F50', 'NUL in text'], ['F48', 'emoji'], ['G1', 'Page atomicity']])
})

it('takes a row from the beginning of a title only, alone or in a list', () => {
  expect(rowsOf('F50 F48, T01: stores it')).toEqual(['F50', 'F48', 'T01'])
  expect(rowsOf('T01')).toEqual(['T01'])
  expect(rowsOf('is not F50')).toEqual([])
  expect(rowsOf('T010x')).toEqual([])
  expect(rowsOf('G1a thing')).toEqual([])
})

it('counts passed tests, with their own title or one around it', () => {
  expect(covered(['passed', 'G1 pages are whole'])).toEqual(['G1'])
  expect(covered(['passed', 'F50 F48 texts', 'are stored'])).toEqual(['F50', 'F48'])
  expect(covered(['failed', 'G1 pages are whole'])).toEqual([])
  expect(covered(['skipped', 'G1 pages are whole'], ['todo', 'T01 ids'])).toEqual([])
  expect(covered(['passed', 'pages', 'like G1 are whole'])).toEqual([])
})

it('names titles whose row the catalogue does not have', () => {
  expect(coverageOf(readCatalogue(page), [report(['passed', 'F05 misspelt'])]).unknown).toEqual(['F05 misspelt'])
})

it('a reason stands for a row only while no test proves it', () => {
  const catalogue = readCatalogue(page)
  const { covered: proven } = coverageOf(catalogue, [report(['passed', 'T01 is proven'])])
  expect(reasonsLeft(catalogue, proven, { G1: 'because', T01: 'no longer', T99: 'never' })).toEqual({ listed: [['G1', 'because']], stale: ['T01', 'T99'] })
})
