import { existsSync, readFileSync } from 'node:fs'
import type { AnyProvider } from '#kit'
import { providers } from '#providers'
import { coverageOf, type Proofs } from '../../src/api/coverage.ts'
import { coveragePage } from './page.ts'
import { gatherProofs } from './proofs.ts'

const PROOFS = 'providers/proofs.json'
/** Where contracts and the market's figures are, where they are at all. */
export const material = process.env['INTERMODAL_TEST_MATERIAL'] ?? '../shared'
const sorted: readonly AnyProvider[] = [...providers].sort((a, b) => (a.slug < b.slug ? -1 : 1))

export async function currentCoverage() {
  const proofs = await gatherProofs(sorted, material, existsSync(PROOFS) ? JSON.parse(readFileSync(PROOFS, 'utf8')) as Proofs : {})
  return { proofs, providers: sorted, coverage: sorted.map((provider) => coverageOf(provider, proofs)) }
}

/** What is proven, for the product, and the page for people. */
export async function coverageFiles(): Promise<Record<string, string>> {
  const { proofs, coverage } = await currentCoverage()
  return { [PROOFS]: `${JSON.stringify(proofs, null, 1)}\n`, 'docs/coverage.md': coveragePage(coverage, proofs) }
}
