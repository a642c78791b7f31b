import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '#src/audit/audit'
import { auditRoutes } from '#src/audit/routes'
import { asCaller, cursorKeys, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedOrganization } from '../support/seed.ts'

type Page = { next: string | null; results: { id: string; event_type: string; event_description: string; created_at: string; role: string; ip_address: string; user_email: null; api_key_id: string | null }[] }
let db: TestDatabase
let api: TestApi
let own: Awaited<ReturnType<typeof seedOrganization>>
let other: typeof own
beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database, { routes: [auditRoutes({ database: db.database, cursorKeys })] })
  own = await seedOrganization(db.database, 'Own')
  other = await seedOrganization(db.database, 'Other')
})
afterAll(async () => { await api.app.close(); await db.drop() })
const trail = async (query = '', key = own.apiKey): Promise<Page> => (await api.app.inject({ url: `/api/ticketing/v1/audit-trail${query}`, headers: asCaller(key) })).json<Page>()
const write = (event: 'CHANGED_SCOPES' | 'LINKED_ACCOUNT', description: string, { organizationId, apiKeyId } = own, actor = true) =>
  db.database.tenant(organizationId, (client) => audit(client, { organizationId, event, description, actor: actor ? { apiKeyId, ip: '192.0.2.7' } : null }))

describe('the audit trail', () => {
  test('is read newest first, by page, by type and by time, and another organisation\'s is not in it', async () => {
    for (let n = 0; n < 5; n += 1) await write(n % 2 === 0 ? 'CHANGED_SCOPES' : 'LINKED_ACCOUNT', `number ${n}`, own, n !== 4)
    await write('CHANGED_SCOPES', 'theirs', other)
    const all = await trail()
    expect(all.results.map(({ event_description: text }) => text)).toEqual(['number 4', 'number 3', 'number 2', 'number 1', 'number 0'])
    expect(all.results[0]).toMatchObject({ role: 'SYSTEM', ip_address: '', api_key_id: null, user_email: null })
    expect(all.results[1]).toMatchObject({ role: 'API', ip_address: '192.0.2.7', api_key_id: own.apiKeyId })
    const walked: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = await trail(`?page_size=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      walked.push(...page.results.map(({ id }) => id))
      cursor = page.next
    }
    expect(walked).toEqual(all.results.map(({ id }) => id))
    expect((await trail('?event_type=LINKED_ACCOUNT')).results.map(({ event_description: text }) => text)).toEqual(['number 3', 'number 1'])
    const middle = encodeURIComponent(all.results[2]!.created_at)
    expect((await trail(`?start_date=${middle}`)).results).toHaveLength(3)
    expect((await trail(`?end_date=${middle}`)).results).toHaveLength(3)
    expect((await trail('?user_email=a@b.example')).results).toEqual([])
    expect((await trail('', other.apiKey)).results.map(({ event_description: text }) => text)).toEqual(['theirs'])
  })

  test('a cursor is good for its own organisation and its own filters only', async () => {
    const { next } = await trail('?page_size=1')
    for (const [query, key] of [[`?page_size=1&cursor=${next}`, other.apiKey], [`?event_type=CHANGED_SCOPES&cursor=${next}`, own.apiKey]] as const) {
      expect((await api.app.inject({ url: `/api/ticketing/v1/audit-trail${query}`, headers: asCaller(key) })).json()).toMatchObject({ status: 400, code: 'request.invalid_cursor' })
    }
  })

  test('nobody can change or remove a line, neither the API nor the system behind it', async () => {
    for (const sql of [`update audit_events set description = 'nothing happened'`, 'delete from audit_events', 'truncate audit_events']) {
      await expect(db.database.tenant(own.organizationId, (client) => client.query(sql)), sql).rejects.toThrow('permission denied')
      await expect(db.database.system.query(sql), sql).rejects.toThrow('permission denied')
    }
    expect((await trail()).results).toHaveLength(5)
  })

  test('what is rolled back leaves no line', async () => {
    await expect(db.database.tenant(own.organizationId, async (client) => {
      await audit(client, { organizationId: own.organizationId, event: 'CHANGED_SCOPES', description: 'was not', actor: null })
      throw new Error('changed my mind')
    })).rejects.toThrow('changed my mind')
    expect(JSON.stringify(await trail())).not.toContain('was not')
  })
})
