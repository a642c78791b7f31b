import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coverageOf, type Proofs } from '#src/api/coverage'
import { testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { everythingProvider } from '../support/everything.ts'
import { inventedCrm } from '../support/invented-crm.ts'

const proofs: Proofs = { 'invented-crm': { contracts: [{ url: 'https://invented.example/openapi.yaml', sha256: 'ab', taken_on: '2026-11-21' }], gaps: { 'crm.Contact.owner': { reason: 'not_in_contract', searched: 'Person' } }, models: { 'crm.Contact': { fixture: { origin: 'spec', system: 'Invented 1' }, shown: ['first_name'], read: ['contract'], create: [], update: [] } } } }
let test: TestDatabase
let api: TestApi
beforeAll(async () => {
  test = await testDatabase()
  api = await testApi(test.database, { providers: [inventedCrm, everythingProvider], proofs })
})
afterAll(async () => { await api.app.close(); await test.drop() })
const ask = async (query = '') => (await api.app.inject({ url: `/api/v1/providers${query}` })).json<{ results: { slug: string }[] }>()

describe('what vendors cover', () => {
  it('is told to everybody, whole, in the order of their names', async () => {
    expect((await ask()).results).toEqual([everythingProvider, inventedCrm].map((provider) => JSON.parse(JSON.stringify(coverageOf(provider, proofs))) as object))
  })

  it('is narrowed by vendor and by category', async () => {
    const slugs = async (query: string) => (await ask(query)).results.map(({ slug }) => slug)
    expect(await slugs('?integration=invented-crm')).toEqual(['invented-crm'])
    expect(await slugs('?integration=nobody')).toEqual([])
    expect(await slugs('?category=hris')).toEqual(['everything'])
    expect(await slugs('?category=crm')).toEqual(['everything', 'invented-crm'])
  })
})
