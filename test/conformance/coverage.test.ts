import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { notOffered, type AnyResource } from '#kit'
import { models, type CommonModel } from '#models'
import { providers } from '#providers'
import { coverageOf, reasons, type ProviderProof, type Proofs } from '#src/api/coverage'
import { currentCoverage, material } from '../../scripts/coverage/files.ts'
import { openOperations } from '../../scripts/coverage/contracts.ts'
import { coveragePage } from '../../scripts/coverage/page.ts'
import { gatherProofs, modelsNamed, writtenGaps } from '../../scripts/coverage/proofs.ts'
import { lastRun } from '../../scripts/coverage/reports.ts'
import { compare } from '../../scripts/coverage/yardstick.ts'
import { published } from '../contract/published.ts'
import { inventedCrm } from '../support/invented-crm.ts'
import { shownFields, type Fixture } from './fixture.ts'

const contactOf = models['crm.Contact'] as CommonModel
const contact: AnyResource = inventedCrm.resources.find(({ model }) => model.id === 'crm.Contact')!

describe('a field counts as covered', () => {
  const resource: AnyResource = {
    ...contact, model: models['ticketing.Team'],
    read: { path: '/teams', items: (page: { teams: object[] }) => page.teams, pages: { kind: 'single' }, rows: { kind: 'items' }, incremental: 'full_only', deletions: { seenAs: 'missing_from_full_read' } },
    identity: { remoteId: (row: { id: string }) => row.id },
    fields: { name: (row: { name: string | null }) => row.name, description: () => 'a team' },
  }
  const fixture = (...teams: object[]): Fixture => ({ origin: 'spec', system: 'Invented 1', model: 'ticketing.Team', exchanges: [{ request: { method: 'GET', path: '/teams' }, response: { status: 200, body: { teams } } }] })

  it('where a fixture fills it and it follows what the row says, not where it is made up or empty', async () => {
    expect(await shownFields(resource, fixture({ id: '1', name: 'Support' }))).toEqual(['name'])
    expect(await shownFields(resource, fixture({ id: '1', name: null }))).toEqual([])
    expect(await shownFields({ ...resource, fields: { ...resource.fields, description: notOffered } }, fixture({ id: '1', name: 'Support' }))).toEqual(['name'])
  })
})

describe('what an adapter declares and what proves it', () => {
  const proof: ProviderProof = {
    contracts: [], gaps: { 'crm.Contact.owner': { reason: 'not_in_contract', searched: 'Person' }, 'crm.Lead': { reason: 'not_documented', searched: 'https://invented.example/docs' }, 'write crm.Contact.account': { reason: 'read_only_at_vendor', searched: null } },
    models: { 'crm.Contact': { fixture: { origin: 'spec', system: 'Invented 1' }, shown: ['first_name', 'account'], read: ['contract', 'live'], create: [], update: ['contract'] } },
  }
  const coverage = coverageOf(inventedCrm, { 'invented-crm': proof })
  const found = coverage.models.find(({ model }) => model === 'crm.Contact')!
  const field = (name: string) => found.fields.find((one) => one.name === name)!

  it('are told apart, field by field', () => {
    expect(found.fields.map(({ name }) => name)).toEqual(Object.keys(contactOf.schema.properties))
    expect(found).toMatchObject({ incremental: true, deletions: 'flag', custom_fields: true, webhooks: 'account', fixture: { origin: 'spec' } })
    expect(field('first_name')).toEqual({ name: 'first_name', read: true, create: false, update: true, filters: [], read_proven_by: ['fixture', 'contract', 'live'], create_proven_by: [], update_proven_by: ['contract'], missing: null })
    expect(field('account')).toMatchObject({ filters: ['account_id'], update: false, update_proven_by: [] })
    expect(field('last_name')).toMatchObject({ read: true, read_proven_by: [], missing: { reason: 'not_shown' } })
    expect(field('owner')).toMatchObject({ read: false, filters: [], missing: { reason: 'not_in_contract', searched: 'Person' } })
    expect(field('addresses').missing).toEqual({ reason: 'not_said', searched: null })
    expect(coverageOf(inventedCrm, {}).models.flatMap(({ fields }) => fields).filter(({ missing }) => missing === null)).toEqual([])
  })

  it('stand on the page, with every reason explained', () => {
    const page = coveragePage([coverage], { 'invented-crm': proof })
    for (const text of ['| `first_name` | F C L |  | C |  |', '| `owner` | `not_in_contract` (Person) |', 'crm.Lead, `not_documented`', '2 of 10 fields', ...Object.keys(reasons).map((reason) => `| \`${reason}\` |`)]) expect(page).toContain(text)
  })

  it('are held against the market\'s figures: what is ours, what has no place in the API, and why the rest is missing', () => {
    const rows = compare(inventedCrm, coverage, proof, { crm: {
      'Contact GET /crm/v1/contacts': { fields: ['account', 'first_name', 'remote_id', 'remote_fields', 'owner', 'addresses', 'CRMAddress.city', 'tasks'] },
      'Contact PATCH /crm/v1/contacts/{id}': { fields: ['first_name', 'account', 'remote_created_at'] },
      'Lead GET /crm/v1/leads': { fields: ['remote_id', 'company'] },
      'Contact POST /crm/v1/contacts': { fields: ['first_name'] },
      'Contact GET /crm/v1/contacts/never-heard-of': { fields: ['first_name'] },
    } })
    expect(rows.map(({ served, ours, theirs, missing }) => [served, ours, theirs, Object.fromEntries(missing.map(({ field: name, gap }) => [name, gap.reason]))])).toEqual([
      [true, 4, 8, { owner: 'not_in_contract', addresses: 'not_said', 'CRMAddress.city': 'not_said', tasks: 'not_in_api' }],
      [true, 1, 3, { account: 'read_only_at_vendor', remote_created_at: 'not_in_api' }],
      [false, 0, 2, { remote_id: 'not_documented', company: 'not_documented' }],
      [false, 0, 1, { first_name: 'not_said' }],
      [false, 0, 0, {}],
    ])
  })
})

// Once for all: each provider asks for its own part of it.
const { coverage: all } = await currentCoverage()

describe.each(providers.map(({ slug }) => slug))('what %s is said not to have', (slug) => {
  const gaps = writtenGaps(slug)
  it('is a field or a model that there is, is really missing, and has a reason that says where it was looked for', () => {
    const own = all.find((one) => one.slug === slug)!
    for (const { model, fields, on, reason, searched } of gaps) {
      const read = own.models.find((one) => one.model === model)
      expect(Object.keys(models), model).toContain(model)
      // The last two are what is said of fields that nobody gave a reason for.
      expect(Object.keys(reasons).filter((name) => name !== 'not_shown' && name !== 'not_said')).toContain(reason)
      if (reason === 'not_in_contract' || reason === 'not_documented') expect(searched, `${model} ${fields?.join()}`).toMatch(/\w/)
      if (reason === 'not_in_contract') expect(published[slug], slug).toBeDefined()
      if (fields === undefined) expect(read, model).toBeUndefined()
      for (const name of fields ?? []) {
        if (name !== 'remote_fields') expect(Object.keys(models[model as keyof typeof models].schema.properties), model).toContain(name)
        const found = read?.fields.find((one) => one.name === name)
        if (on === 'write') expect(found?.create === true && found.update, `${model}.${name} can be written`).toBe(false)
        else expect(found?.missing, `${model}.${name} is read and shown`).not.toBeNull()
      }
    }
  })

  it('is said of every field that its adapter leaves out', () => {
    const own = all.find((one) => one.slug === slug)!
    expect(own.models.flatMap(({ model, fields }) => fields.filter(({ missing }) => missing?.reason === 'not_said').map(({ name }) => `${model}.${name}`))).toEqual([])
  })

  it('is said of every model of its categories, and of every field that cannot be written', () => {
    const provider = providers.find((one) => one.slug === slug)!
    const read = new Set<string>(provider.resources.map(({ model }) => model.id))
    const saidOf = (model: string, field?: string): boolean => gaps.some((gap) => gap.model === model && (field === undefined ? gap.fields === undefined : gap.on === 'write' && gap.fields?.includes(field) === true))
    const own = (Object.values(models) as readonly CommonModel[]).filter(({ category }) => provider.categories.includes(category))
    expect(own.filter(({ id }) => !read.has(id) && !saidOf(id)).map(({ id }) => id)).toEqual([])
    const kinds = ['create', 'update'] as const
    const takes = (kind: (typeof kinds)[number], id: string, field: string): boolean => (provider.writes ?? []).some((write) => write.kind === kind && write.model.id === id && (write.accepts as readonly string[]).includes(field))
    // Custom fields go beside what is accepted, whatever that is.
    const missing = own.filter(({ id }) => read.has(id)).flatMap(({ id, writes }) => kinds.flatMap((kind) => (writes[kind]?.fields ?? []).filter((field) => field !== 'remote_fields' && !takes(kind, id, field) && !saidOf(id, field)).map((field) => `${kind} ${id}.${field}`)))
    expect(missing).toEqual([])
  })

  it.skipIf(openOperations(material, published[slug] ?? []) === null)('was looked for in places that its contract has', () => {
    const text = published[slug]!.map(({ file }) => readFileSync(join(material, file), 'utf8')).join('\n')
    for (const { reason, searched = '' } of gaps) if (reason === 'not_in_contract') for (const place of searched.split(', ')) expect(text.includes(place), `${place} is not in the contract of ${slug}`).toBe(true)
  })
})

describe('what stands behind a field', () => {
  it('is what titles name, in whatever form, and nothing that is only mentioned', () => {
    expect(modelsNamed(`it('hris.Employee hris.Team are there whole', async () => { read('hris.Location') })\n// crm.Lead\ntest.each([1])(\`crm.Contact %s\`, f)\ndescribe.skipIf(a === null)("ticketing.Ticket", f)`)).toEqual(['hris.Employee', 'hris.Team', 'crm.Contact', 'ticketing.Ticket'])
  })

  it('is kept where the contracts are not at hand, and never made up', async () => {
    const before = JSON.parse(readFileSync('providers/proofs.json', 'utf8')) as Proofs
    const kept = await gatherProofs(providers, '/nowhere', before)
    expect(kept).toEqual(before)
    expect(JSON.stringify(await gatherProofs(providers, '/nowhere', {}))).not.toContain('"contract"')
    expect(JSON.stringify(kept)).toContain('"contract"')
  })
})

describe('the tests of the last run', () => {
  const of = (name: string, ...tests: readonly (readonly [string, string])[]) => ({ name: `/tree/test/${name}.test.ts`, assertionResults: tests.map(([title, status]) => ({ title, status, ancestorTitles: [] })) })
  it('are counted for the vendor that they are of', () => {
    const reports = [{ testResults: [of('conformance/reads', ['the lists of acme', 'passed'], ['the lists of acme-two', 'passed'], ['the lists of other', 'failed']), of('contract/acme', ['a', 'passed'], ['b', 'skipped']), of('contract/acme-sdk', ['c', 'failed']), of('contract/acmeplus', ['d', 'passed'])] }]
    expect(lastRun('acme', reports)).toBe('conformance 1 passed, contract 1 passed 1 skipped, sdk 1 failed, live not run')
    expect(lastRun('nobody', reports)).toBe('conformance not run, contract not run, sdk not run, live not run')
  })
})

describe.skipIf(openOperations(material, published['redmine']!) === null)('the operations of a contract', () => {
  it('are known whatever stands before them, and others are not', () => {
    const knows = openOperations(material, published['redmine']!)!
    for (const path of ['/issues.json', '/issues/7.json', '/api/issues.json']) expect(knows('GET', path), path).toBe(true)
    for (const [method, path] of [['DELETE', '/issues.json'], ['GET', '/never/heard.json'], ['GET', '/a/b/c/issues.json'], ['GET', '/7.json']] as const) expect(knows(method, path), `${method} ${path}`).toBe(false)
  })
})
