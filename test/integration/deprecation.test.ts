import type { FastifyPluginAsync } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deprecationHeaders } from '#src/http/deprecation'
import { testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'

const deprecated = { since: '2027-01-31', sunset: '2027-07-31', guide: 'https://example.test/moving', successor: '/api/v2/old' }
const old: FastifyPluginAsync = async (app) => {
  app.get('/api/v1/old', { config: { scope: 'public', deprecated }, schema: { tags: ['platform'], security: [] } }, async () => ({ still: 'here' }))
  app.get('/api/v1/old-secret', { config: { scope: 'accounts:read', deprecated: { since: '2027-01-31' } } }, async () => ({}))
}

let db: TestDatabase
let api: TestApi
beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database, { routes: [old] })
})
afterAll(async () => { await api.app.close(); await db.drop() })

describe('a route on its way out', () => {
  test('says since when and until when, and where to go', async () => {
    const { headers, statusCode } = await api.app.inject('/api/v1/old')
    expect(statusCode).toBe(200)
    expect(headers).toMatchObject({ deprecation: '@1801353600', sunset: 'Sat, 31 Jul 2027 00:00:00 GMT', link: '<https://example.test/moving>; rel="deprecation"; type="text/html", </api/v2/old>; rel="successor-version"' })
    expect(new Date(1_801_353_600_000).toISOString()).toBe('2027-01-31T00:00:00.000Z')
  })

  test('says so in its errors too, and in the document', async () => {
    const refused = await api.app.inject('/api/v1/old-secret')
    expect([refused.statusCode, refused.headers['deprecation'], refused.headers['sunset']]).toEqual([401, '@1801353600', undefined])
    const { paths } = (await api.app.inject('/openapi.json')).json<{ paths: Record<string, { get: { deprecated?: boolean } }> }>()
    expect(paths['/api/v1/old']!.get.deprecated).toBe(true)
    expect(paths['/api/v1/changes']!.get.deprecated).toBeUndefined()
  })

  test('other routes say nothing', async () => {
    const { headers } = await api.app.inject('/api/v1/integrations')
    expect([headers['deprecation'], headers['sunset'], headers['link']]).toEqual([undefined, undefined, undefined])
  })

  test.each([[{ since: '31.1.2027' }], [{ since: '2027-02-30' }], [{ since: '2027-02-01', sunset: '2027-01-31' }]])('a declaration like %j stops the start', async (wrong) => {
    expect(() => deprecationHeaders(wrong)).toThrow()
    await expect(testApi(db.database, { routes: [async (app) => { app.get('/api/v1/wrong', { config: { scope: 'public', deprecated: wrong } }, async () => ({})) }] })).rejects.toThrow()
  })
})
