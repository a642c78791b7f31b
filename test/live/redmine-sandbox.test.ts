import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startSandbox, type Sandbox } from '#src/sandbox/start'
import { sandbox as vendor } from '../../providers/redmine/sandbox.ts'
import type { RedmineWorld } from '../../providers/redmine/sandbox/world.ts'
import { conflicts, shape } from '../support/shape.ts'

// The sandbox against a Redmine that runs: the same keys, of the same types, and the same refusals.
const live = inject('redmine')

/** Keys that Redmine leaves out where there is nothing to say: whether they come depends on the data. */
const optional = new Set(['assigned_to', 'category', 'fixed_version', 'parent', 'custom_fields', 'thumbnail_url', 'avatar_url', 'inherited', 'group'])

describe.skipIf(live === null)('the sandbox is like a real Redmine', () => {
  let box: Sandbox<RedmineWorld>
  let real: { readonly origin: string; readonly key: string }
  beforeAll(async () => {
    real = { origin: live!.base_url, key: live!.auth.key }
    box = await startSandbox({ vendor, size: 400 })
  })
  afterAll(async () => { await box.close() })
  const ask = async (path: string, key?: string) => {
    const places = [[real.origin, key ?? real.key], [box.origin, key ?? box.link.credentials['api_key']!]] as const
    return Promise.all(places.map(async ([origin, with_]) => fetch(origin + path, { headers: { 'x-redmine-api-key': with_ } })))
  }

  it.each([
    '/issues.json?status_id=*&include=attachments&sort=id&limit=100', '/issues/1.json?include=journals,attachments', '/users.json?status=1&sort=created_on&limit=100', '/users/5.json?include=memberships,groups', '/users/current.json',
    '/projects.json?status=1|5&sort=created_on&include=enabled_modules,issue_categories', '/projects/1/versions.json', '/projects/1/issue_categories.json', '/projects/1/memberships.json', '/roles.json', '/roles/3.json', '/groups.json',
    '/issue_statuses.json', '/trackers.json', '/enumerations/issue_priorities.json', '/issues.json?issue_id=%3E%3D999999&status_id=*', '/issues.json?updated_on=nonsense',
  ])('%s', async (path) => {
    const [theirs, ours] = await ask(path)
    expect([ours!.status, ours!.headers.get('content-type')]).toEqual([theirs!.status, theirs!.headers.get('content-type')])
    const [a, b] = [shape(await theirs!.json()), shape(await ours!.json())]
    expect(conflicts(a, b, optional)).toEqual([])
  })

  it.each([
    ['/users.json', 'wrong'], ['/groups.json', 'wrong'], ['/users/current.json', 'wrong'], ['/issues.json?limit=1', 'wrong'], ['/projects.json?limit=1', 'wrong'], ['/roles.json', 'wrong'], ['/custom_fields.json', 'wrong'],
    ['/projects/1/issue_categories.json', 'wrong'], ['/issues/99999999.json', undefined], ['/projects/99999/versions.json', undefined], ['/nowhere.json', undefined], ['/projects.json?status=*', undefined],
  ])('%s with the key %s gets the same status, and an empty body where Redmine sends none', async (path, key) => {
    const [theirs, ours] = await ask(path, key)
    expect(ours!.status).toBe(theirs!.status)
    expect((await ours!.text()) === '').toBe((await theirs!.text()) === '')
  })

  it('filters, counts and sorts alike', async () => {
    for (const [path, list] of [['/issues.json?status_id=*&sort=id&limit=3&issue_id=%3E%3D50', 'issues'], ['/issues.json?status_id=*&limit=2', 'issues'], ['/issues.json?status_id=*&sort=id&limit=3&notes=*', 'issues'], ['/issues.json?status_id=*&limit=0', 'issues'], ['/issues.json?status_id=*&limit=1000', 'issues']] as const) {
      const [theirs, ours] = await Promise.all((await ask(path)).map(async (response) => (await response.json()) as Record<string, unknown> & { total_count: number; limit: number }))
      const ids = (body: Record<string, unknown>): number[] => (body[list] as { id: number }[]).map(({ id }) => id)
      expect(ours!.limit).toBe(theirs!.limit)
      expect(ids(ours!).length).toBe(ids(theirs!).length)
      expect(Math.sign(ids(ours!)[0]! - ids(ours!)[1]!)).toBe(Math.sign(ids(theirs!)[0]! - ids(theirs!)[1]!))
    }
  })
})
