import { describe, expect, it } from 'vitest'
import type { AnyProvider, AnyResource } from '#kit'
import { providers } from '#providers'
import { remoteIdOf } from '#src/sync/map'
import { answeredFields, FIXTURE_BASE_URL, fixturesOf, mapped, rowsOf, shownFields } from './fixture.ts'

const root = new URL('../../providers/', import.meta.url).pathname
const isSparse = (value: unknown): boolean => value === null || value === '' || (typeof value === 'object' && (Object.values(value).length === 0 || Object.values(value).some(isSparse)))

describe.each(providers.map((provider) => [provider.slug, provider as AnyProvider] as const))('what %s really answered', (slug, provider) => {
  it('is on record for every resource, and says where it comes from', () => {
    expect(fixturesOf(root, slug).map(({ model }) => model).toSorted()).toEqual(provider.resources.map(({ model }) => model.id as string).toSorted())
    for (const { origin, system } of fixturesOf(root, slug)) expect([origin === 'recorded' || origin === 'spec', system]).toEqual([true, expect.stringMatching(/\d/)])
  })

  it.each(provider.resources.map((resource) => [resource.model.id as string, resource] as const))('maps %s without an issue', async (id, resource: AnyResource) => {
    const fixture = fixturesOf(root, slug).find(({ model }) => model === id)!
    const rows = await rowsOf(resource, fixture)
    expect(rows.length).toBeGreaterThan(0)
    const records = rows.map((row) => mapped(resource, fixture, row))
    expect(records.flatMap(({ issues }) => issues)).toEqual([])
    // For people: what each row became, before relations are our ids. A change shows as a diff beside the fixture.
    const answered = answeredFields(resource)
    const read = rows.map((row) => ({ remote_id: remoteIdOf(resource, row), ...Object.fromEntries(answered.map(([field, answer]) => [field, answer(row, { baseUrl: FIXTURE_BASE_URL, setup: fixture.setup ?? {} })])), ...(resource.remoteFields !== undefined && { remote_fields: resource.remoteFields(row) }) }))
    await expect(`${JSON.stringify(read, null, 1)}\n`).toMatchFileSnapshot(`${root}${slug}/mapped/${id}.json`)
    // Only what some fixture fills, and what follows the raw values, counts as covered; the rest is named, so that nobody takes it for proven.
    const shown = await shownFields(resource, fixture)
    expect(answered.map(([field]) => field).filter((field) => !shown.includes(field)).toSorted()).toEqual([...fixture.unseen ?? []].toSorted())
    // A vendor leaves out and empties; a recording in which nothing is empty proves little. Lists of bare names have nothing to leave out.
    if (answered.length > 3) expect(rows.some((row) => isSparse(row))).toBe(true)
  })

  it('holds no secret', () => {
    for (const fixture of fixturesOf(root, slug)) {
      const kept: unknown[] = []
      JSON.stringify(fixture, (key, value: unknown) => { if (provider.secretKeys.includes(key)) kept.push(value); return value })
      expect(kept.filter((value) => value !== '<scrubbed>')).toEqual([])
    }
  })
})
