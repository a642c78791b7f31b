import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { models, type CommonModel } from '#models'
import { expandable } from '#src/records/expand'
import { testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'

let db: TestDatabase
let api: TestApi

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
})
afterAll(async () => { await api.app.close(); await db.drop() })

describe('documents', () => {
  test('the OpenAPI document describes every API route, and its references lead somewhere', async () => {
    const document = (await api.app.inject('/openapi.json')).json<{ openapi: string; paths: Record<string, Record<string, { parameters?: { name: string }[] }>>; components: { schemas: Record<string, unknown> } }>()
    expect(document.openapi).toMatch(/^3\.1/)
    for (const model of Object.values<CommonModel>(models)) {
      const parameters = document.paths[`/api/${model.category}/v1/${model.lists[0].path}`]!['get']!.parameters!.map(({ name }) => name)
      expect(parameters).toEqual(expect.arrayContaining(['cursor', 'page_size', 'modified_after', ...(expandable(model).length > 0 ? ['expand'] : []), ...Object.keys(model.filters)]))
    }
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/api/v1/changes', '/api/v1/integrations']))
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!)
    expect(references.length).toBeGreaterThan(20)
    for (const reference of references) expect(Object.keys(document.components.schemas)).toContain(reference.replace('#/components/schemas/', ''))
  })

  test('the reference page is served from here alone, under a policy that allows no foreign script', async () => {
    const page = await api.app.inject('/docs/')
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-security-policy']).toContain(`script-src 'self';`)
    const scripts = [...page.body.matchAll(/<(?:script|link)[^>]+(?:src|href)="([^"]+)"/g)].map(([, source]) => source!)
    expect(scripts.length).toBeGreaterThan(2)
    expect(page.body).not.toMatch(/<script(?![^>]*src=)[^>]*>[^<]/)
    for (const source of scripts) expect((await api.app.inject(new URL(source, 'http://localhost/docs/').pathname)).statusCode, source).toBe(200)
  })

  test('health says that the process lives; ready says whether it can work', async () => {
    expect((await api.app.inject('/health')).json()).toEqual({ status: 'alive' })
    expect((await api.app.inject('/ready')).json()).toEqual({ status: 'ready' })
    const lame = await testApi(db.database, { ready: async () => false })
    expect((await lame.app.inject('/ready')).json()).toMatchObject({ status: 503, code: 'storage.unavailable' })
    await lame.app.close()
  })
})
