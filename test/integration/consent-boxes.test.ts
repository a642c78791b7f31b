import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorizeAddress, createPkce, tokenAsk, type AnyOAuth } from '#kit'
import { providers } from '#providers'
import { linkAccount } from '#src/accounts/link'
import { readTokens } from '#src/cli/tokens'
import { createOrganization } from '#src/organizations/keys'
import { boxed } from '#src/sandbox/boxed'
import { startSandbox } from '#src/sandbox/start'
import { openHouseOf } from '../support/consent-house.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'

// What providers declare of consent, run by the engine against their boxes: consented, imported, linked, read, and renewed when the vendor ends the token.
const apps: Readonly<Record<string, readonly [id: string, secret: string]>> = {
  bamboohr: ['box-client', 'box-secret'], hubspot: ['hubspot-client', 'hubspot-client-secret'], jira: ['box-client', 'box-client-secret'], salesforce: ['3MVG9box.public', 'canary-salesforce-secret-7F2C'],
}
let db: TestDatabase
beforeAll(async () => { db = await testDatabase() })
const folder = mkdtempSync(join(tmpdir(), 'intermodal-tokens-'))
afterAll(async () => { await db.drop(); rmSync(folder, { recursive: true, force: true }) })
const KEY = randomBytes(32).toString('base64')
const inFile = (value: unknown): string => {
  const file = join(folder, `${Math.random()}.json`)
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value))
  return file
}

/** What the vendor answers when its customer has consented: in a box, at once. */
async function consented(oauth: AnyOAuth, setup: Readonly<Record<string, string>>, client: { readonly id: string; readonly secret: string; readonly redirectUri: string }): Promise<Record<string, unknown>> {
  const pkce = createPkce()
  const page = await fetch(authorizeAddress(oauth, { client, setup, scopes: Object.keys(oauth.scopes), state: 's', pkce }), { redirect: 'manual' })
  const ask = tokenAsk(oauth, client, setup, { code: new URL(page.headers.get('location')!).searchParams.get('code')!, pkce })
  const [type, body] = ask.form === undefined ? ['application/json', JSON.stringify(ask.body)] : ['application/x-www-form-urlencoded', new URLSearchParams(ask.form).toString()]
  const answer = await fetch(ask.url!, { method: 'POST', headers: { ...ask.headers, 'content-type': type }, body })
  if (!answer.ok) throw new Error(`the box refused: ${answer.status} ${await answer.text()}`)
  return await answer.json() as Record<string, unknown>
}

describe.each(providers.filter(({ oauth }) => oauth !== undefined).map((provider) => [provider.slug, provider] as const))('%s, linked by consent', (slug, provider) => {
  it('is read with the tokens, and they are renewed when the vendor ends them', async () => {
    const vendor = await startSandbox({ vendor: await provider.sandbox(), size: 5 })
    const house = openHouseOf({ url: db.url, key: KEY, port: vendor.port }, boxed(provider, vendor))
    try {
      const { setup } = vendor.link
      const { oauth } = boxed(provider, vendor)
      const [id, secret] = apps[slug]!
      const answer = await consented(oauth!, setup, { id, secret, redirectUri: 'https://us.example/callback' })
      const tokens = readTokens(inFile({ ...answer, client_id: id, client_secret: secret }), oauth!)
      const { id: organizationId } = await createOrganization(house.database, slug)
      const linked = await linkAccount({ ...house, logs: { write: () => undefined, flush: async () => undefined, close: async () => undefined } }, { organizationId, requestId: 'r', traceId: randomUUID(), actor: null }, {
        integration: slug, category: provider.categories[0]!, endUserOriginId: 'c', endUserOrganizationName: 'C', endUserEmailAddress: '', setup, tokens,
      })
      const work = (await house.account(organizationId, linked.id))!
      expect(work.consent).toBeDefined()
      const { whoami } = provider
      const ask = async () => (await house.door.open((await house.account(organizationId, linked.id))!, { traceId: linked.id })({ method: whoami.method ?? 'GET', path: whoami.path, ...(whoami.query !== undefined && { query: whoami.query }), ...(whoami.body !== undefined && { body: whoami.body }), isRead: true })).body
      expect(provider.whoami.identity(await ask())).toBe(work.remoteIdentity)
      const before = vendor.requests.filter(({ path }) => oauth!.tokenUrl(setup).includes(path)).length
      ;(vendor.world as { desk: { endAll: () => void } }).desk.endAll()
      expect(provider.whoami.identity(await ask())).toBe(work.remoteIdentity)
      expect(vendor.requests.filter(({ path }) => oauth!.tokenUrl(setup).includes(path)).length).toBe(before + 1)
    } finally {
      await house.close()
      await vendor.close()
    }
  }, 60_000)
})

describe('a file of tokens', () => {
  const oauth = providers.find(({ slug }) => slug === 'jira')!.oauth!
  const good = { access_token: 'canary-a', refresh_token: 'canary-r', expires_in: 3600, scope: 'read write', client_id: 'c', client_secret: 'canary-s' }
  it('is the vendor\'s answer, with the app beside it', () => {
    expect(readTokens(inFile(good), oauth)).toMatchObject({ accessToken: 'canary-a', refreshToken: 'canary-r', scopes: ['read', 'write'], client: { id: 'c', secret: 'canary-s' }, lifeSeconds: 3600 })
    expect(readTokens(inFile({ ...good, expires_at: '2026-01-01T00:10:00Z' }), oauth, () => Date.parse('2026-01-01T00:00:00Z')).lifeSeconds).toBe(600)
    expect(readTokens(inFile({ ...good, expires_at: '2020-01-01T00:00:00Z', refresh_token: undefined }), oauth)).toMatchObject({ refreshToken: null, lifeSeconds: 1 })
  })

  it('that is wrong is refused without a word of it', () => {
    for (const wrong of ['canary', '[]', { ...good, access_token: '' }, { ...good, client_secret: undefined }, { ...good, client_id: '' }, { ...good, expires_at: 'canary' }]) {
      let said = ''
      try { readTokens(inFile(wrong), oauth) } catch (error) { said = (error as Error).message }
      expect(said).not.toBe('')
      expect(said).not.toContain('canary')
    }
    expect(() => readTokens(join(folder, 'none'), oauth)).toThrow('ENOENT')
  })
})
