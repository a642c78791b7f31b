import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { AnyResource, Ask, Send, Setup } from '#kit'
import { startSandbox, type Sandbox } from '#src/sandbox/start'
import { judge } from '#src/upstream/judge'
import { walk } from '../conformance/walk.ts'
import { tryton } from '../../providers/tryton/index.ts'
import { sandbox as vendor } from '../../providers/tryton/sandbox.ts'
import type { World } from '../../providers/tryton/sandbox/world.ts'
import { call, contextOf } from '../../providers/tryton/lists.ts'
import { conflicts, shape } from '../support/shape.ts'
import { furnish, trytonApi } from '../support/tryton.ts'

// The sandbox against a Tryton that runs: the same questions, and answers of the same keys and types; the same refusals.
const live = inject('tryton')
type Credentials = { readonly username: string; readonly password: string }
const setup: Setup = { database: 'tryton', contact_relation: 'Employee of', company: '1' }

/** Fields of modules that only the box has, one of them with a selection. */
const otherModules = new Set(['segment', 'badge', 'selection'])

describe.skipIf(live === null)('the sandbox is like a real Tryton', () => {
  let box: Sandbox<World>
  let places: readonly { readonly base: string; readonly headers: Readonly<Record<string, string>> }[]
  const auth = tryton.auth as Extract<typeof tryton.auth, { readonly kind: 'token_exchange' }>
  const post = async (base: string, { path, body }: Ask, headers: Readonly<Record<string, string>> = {}) => fetch(base + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
  const logIn = async (base: string, credentials: Credentials) => {
    const session = auth.session(await (await post(base, auth.ask(credentials, { base_url: base, database: '', contact_relation: '-' }))).json())
    return auth.headers(session!.token, { base_url: base, database: '', contact_relation: '-' })
  }
  const meaning = async (response: Response): Promise<string | null> => judge(tryton, response.status, response.headers, Buffer.from(await response.arrayBuffer())).code

  beforeAll(async () => {
    await furnish(trytonApi(live!))
    box = await startSandbox({ vendor, size: 300 })
    const both = [[live!.base_url.replace(/\/$/, ''), live!.auth], [`${box.origin}/tryton`, box.link.credentials as unknown as Credentials]] as const
    places = await Promise.all(both.map(async ([base, credentials]) => ({ base, headers: await logIn(base, credentials) })))
  })
  afterAll(async () => { await box.close() })

  // The module for banks is not active there.
  it.each(tryton.resources.filter(({ model }) => model.id !== 'hris.BankInfo').map((resource) => [resource.model.id, resource] as const))('%s', async (id, resource: AnyResource) => {
    const [theirs, ours] = await Promise.all(places.map(async ({ base, headers }) => {
      const answers = new Map<string, unknown[]>()
      const send: Send = async (ask) => {
        const response = await post(base, ask, headers)
        const body = await response.json() as { readonly error?: unknown }
        expect(body.error).toBeUndefined()
        const { method } = ask.body as { readonly method: string }
        answers.set(method, [...answers.get(method) ?? [], method.endsWith('fields_get') ? Object.values((body as { result: object }).result) : body])
        return { status: response.status, headers: response.headers, body, logId: 'none' }
      }
      for (const since of [null, new Date('2018-01-01T00:00:00Z')]) if (since === null || resource.read.incremental !== 'full_only') expect((await walk(resource, send, { setup, since })).items >= 0).toBe(true)
      return answers
    }))
    // E-mails leave by a mail server, so there are none there, and nobody asks whose they are.
    expect([...ours!.keys()].filter((method) => !theirs!.has(method))).toEqual(id === 'crm.Engagement' ? ['model.party.party.search'] : [])
    expect([...theirs!.keys()].filter((method) => !ours!.has(method))).toEqual([])
    for (const [method, answers] of [...ours!].filter(([asked]) => theirs!.has(asked))) {
      const [real, boxed] = [shape(theirs!.get(method)), shape(answers)]
      // A definition has more keys than we read; each that the box has is of the real type.
      // SQLite, which this Tryton may be on, has no booleans.
      const found = conflicts(real, boxed, otherModules).filter((conflict) => !conflict.endsWith('"number" and "boolean"') && (!method.endsWith('fields_get') || !conflict.endsWith('is only in the real system')))
      expect(found, method).toEqual([])
    }
  })

  it.each<{ readonly what: string; readonly means: string | null; readonly ask: Ask; readonly headers?: Readonly<Record<string, string>> }>([
    { what: 'who we are', means: null, ask: { path: tryton.whoami.path, body: tryton.whoami.body } },
    { what: 'no session', means: 'upstream.unauthorized', ask: call('model.party.party.search', [[], 0, 1, null, {}]), headers: {} },
    { what: 'a session that ended', means: 'upstream.unauthorized', ask: call('model.party.party.search', [[], 0, 1, null, {}]), headers: { authorization: `Session ${Buffer.from(':1:ended').toString('base64')}` } },
    { what: 'a wrong password', means: 'upstream.unauthorized', ask: call('common.db.login', ['admin', { password: 'wrong' }, 'en']), headers: {} },
    { what: 'a module that is not active', means: 'upstream.not_found', ask: call('model.never.heard_of.search_read', [[], 0, 1, null, ['name'], contextOf(setup)]) },
    { what: 'a field that is not there', means: 'upstream.not_found', ask: call('model.party.party.search_read', [[], 0, 1, null, ['never_heard_of'], contextOf(setup)]) },
    { what: 'a condition on a field that is not there', means: 'upstream.not_found', ask: call('model.party.party.search_read', [[['never_heard_of', '=', 1]], 0, 1, null, ['name'], contextOf(setup)]) },
    { what: 'no context', means: 'upstream.unavailable', ask: call('model.party.party.search_read', [[], 0, 1, null, ['name']]) },
  ])('both answer in one manner, and it means the same: $what', async ({ means, ask, headers }) => {
    const answers = await Promise.all(places.map(async (where) => post(where.base, ask, headers ?? where.headers)))
    expect(new Set(answers.map(({ status }) => status)).size).toBe(1)
    expect(await Promise.all(answers.map(meaning))).toEqual([means, means])
  })

  it('a login without rights is told so, in the sentences that we know', async () => {
    const theirs = trytonApi(live!)
    const password = 'few-rights-2b7c91'
    const [user] = await theirs.call<number[]>('res.user.search', [['login', '=', 'few'], ['active', 'in', [true, false]]], 0, 1, null)
    if (user === undefined) await theirs.create('res.user', { login: 'few', name: 'Few Rights', password, companies: [['add', [1]]], company: 1 })
    const base = live!.base_url.replace(/\/$/, '')
    const headers = await logIn(base, { username: 'few', password })
    const asked = async (ask: Ask): Promise<string | null> => meaning(await post(base, ask, headers))
    expect(await asked(call('model.sale.opportunity.search_read', [[], 0, 1, null, ['number'], contextOf(setup)]))).toBe('upstream.forbidden')
    expect(await asked(call('model.timesheet.line.delete', [[1], contextOf(setup)]))).toBe('upstream.forbidden')
    expect(await asked(call('model.res.user.write', [[1], { name: 'Not allowed' }, contextOf(setup)]))).toBe('upstream.forbidden')
    expect(await asked({ path: tryton.whoami.path, body: tryton.whoami.body })).toBeNull()
    expect(await meaning(await post(places[0]!.base, call('model.sale.opportunity.create', [[{ state: 'opportunity' }], contextOf(setup)]), places[0]!.headers))).toBe('upstream.rejected')
    expect(await meaning(await post(places[0]!.base, call('model.party.party.default_never', [{}]), places[0]!.headers))).toBe('upstream.forbidden')
  })
})
