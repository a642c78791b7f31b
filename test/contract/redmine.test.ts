import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openBench, walk } from '../conformance/walk.ts'
import { attachment } from '../../providers/redmine/attachment.ts'
import { redmine } from '../../providers/redmine/index.ts'
import { contractTitle, openContract } from './openapi.ts'

// The community's OpenAPI document of Redmine 7.0: https://github.com/d-yoshi/redmine-openapi
const options = { files: ['specs/redmine/redmine-community-openapi.yaml'], fill: { format: 'json' } }
const contract = openContract(options)

/** Redmine takes them (checked on 5.0.4), the document forgets them. */
const undocumented = ['/users.{format}?sort', '/projects.{format}?sort']
/**
 * What a Redmine of 5.0 does not send yet, or sends as it should not: known, looked at, and of no matter to the mapping.
 * Everything else that the document asks for must be there.
 */
const older = /must have required property/

describe.skipIf(contract === null)(contractTitle(contract, options), () => {
  it('knows every request that the adapter makes, and every parameter of it', async () => {
    const bench = await openBench(redmine, 60)
    for (const resource of redmine.resources) {
      await walk(resource, bench.send)
      if (resource.read.incremental !== 'full_only') await walk(resource, bench.send, { since: new Date('2026-01-01T00:00:00Z') })
    }
    await bench.close()
    expect(bench.asked.length).toBeGreaterThan(50)
    expect([...new Set(bench.asked.flatMap((request) => contract!.unknownOf(request)))].filter((name) => !undocumented.includes(name))).toEqual([])
    expect(contract!.unknownOf({ method: 'GET', path: '/issues.json', query: { never_heard_of: 1 } })).toEqual(['/issues.{format}?never_heard_of'])
    expect(contract!.unknownOf({ method: 'GET', path: '/never-heard-of.json' })).toHaveLength(1)
    // It knows the address with the file's name behind it, which Redmine lets one leave out: config/routes.rb.
    const { path } = attachment.download!({ id: 1 } as Parameters<NonNullable<typeof attachment.download>>[0], {})!
    expect(contract!.unknownOf({ method: 'GET', path: `${path}/name.txt` })).toEqual([])
  })

  it.each(globSync('providers/redmine/fixtures/*.json'))('allows what Redmine answered: %s', (fixture) => {
    const { exchanges } = JSON.parse(readFileSync(fixture, 'utf8')) as { exchanges: { request: { method: 'GET'; path: string }; response: { status: number; body: unknown } }[] }
    for (const { request, response } of exchanges) {
      expect(contract!.answerErrors(request, response.status, response.body).filter((message) => !older.test(message)), request.path).toEqual([])
      expect(contract!.answerErrors(request, response.status, { issues: 'x', users: 'x', user: 'x', roles: 'x', role: 'x', groups: 'x', projects: 'x', issue: 'x', versions: 'x' }).filter((message) => !older.test(message)), request.path).not.toEqual([])
    }
  })
})
