import { beforeAll, describe, expect, it } from 'vitest'
import { authHeadersOf, whoamiRequest, type AnyProvider, type AnySandboxVendor } from '#kit'
import { providers } from '#providers'
import { Fault } from '#src/errors'
import type { ScriptedFault } from '#src/sandbox/faults'
import { everyProvider } from './every.ts'
import { openBench, walk, type Bench } from './walk.ts'

// What a provider's vendor says when something is wrong, and what the engine makes of it.
describe.each(everyProvider)('the troubles of %s', (_slug, provider) => {
  let vendor: AnySandboxVendor
  beforeAll(async () => { vendor = await provider.sandbox() })

  /** The fault that a question ends in, and the bench that it was asked on. */
  async function faultOf(...faults: ScriptedFault[]): Promise<{ readonly fault: Fault | null; readonly bench: Bench }> {
    const bench = await openBench(provider, 10, faults)
    try {
      await bench.send(whoamiRequest(provider.whoami))
      return { fault: null, bench }
    } catch (error) {
      if (error instanceof Fault) return { fault: error, bench }
      throw error
    } finally {
      await bench.close()
    }
  }
  const always = (status: number, headers: Readonly<Record<string, string>>, body: unknown): ScriptedFault => ({ kind: 'status', status, headers, body, times: 1000 })

  it('are known: what it says to a refused key, to a missing right and to bad input', () => {
    const known = vendor.troubles.map(({ means }) => means)
    expect(known).toEqual(expect.arrayContaining(['upstream.unauthorized', 'upstream.forbidden', 'upstream.rejected']))
  })

  it('mean what the adapter says, with the wait that was asked for', async () => {
    for (const { what, answer, means, waitSeconds } of vendor.troubles) {
      const { fault, bench } = await faultOf(always(answer.status, answer.headers ?? {}, answer.body))
      expect(fault?.code, what).toBe(means)
      if (waitSeconds === undefined) continue
      expect(bench.pauses.length, what).toBeGreaterThan(0)
      expect(bench.pauses[0]! / 1000, what).toBeGreaterThan(waitSeconds - 2)
      expect(bench.pauses[0]! / 1000, what).toBeLessThan(waitSeconds * 1.1 + 2)
    }
  })

  it('waits as long as it is asked to, in seconds or until a date', async () => {
    for (const after of ['17', new Date(Date.now() + 17_500).toUTCString()]) {
      const { fault, bench } = await faultOf({ kind: 'retry_after', after, times: 1000 })
      expect(fault?.code).toBe('upstream.rate_limited')
      expect(bench.received()).toHaveLength(1)
      expect(bench.pauses[0]!).toBeGreaterThan(15_000)
      expect(bench.pauses[0]!).toBeLessThan(20_000)
    }
  })

  it('begins one new session when the old one ended, however many requests notice, and gives up when that is refused too', async () => {
    if (provider.auth.kind !== 'token_exchange') { expect(vendor.endSessions).toBeUndefined(); return }
    const bench = await openBench(provider, 10)
    vendor.endSessions!(bench.sandbox.world)
    await Promise.all(Array.from({ length: 6 }, () => bench.send(whoamiRequest(provider.whoami))))
    const begun = bench.log.filter(({ code, requestBody }) => code === null && requestBody?.startsWith('[not kept') === true)
    expect(begun).toHaveLength(1)
    await bench.close()
    const refusal = vendor.troubles.find(({ means }) => means === 'upstream.unauthorized')!.answer
    const { fault, bench: refused } = await faultOf(always(refusal.status, refusal.headers ?? {}, refusal.body))
    expect(fault?.code).toBe('upstream.unauthorized')
    expect(refused.received().length).toBeLessThanOrEqual(3)
  })
})

const leaking = providers.filter(({ secretKeys, auth }) => secretKeys.length > 0 && (auth as { kind: string }).kind !== 'token_exchange')
describe.skipIf(leaking.length === 0)('the secrets of the boxes', () => {
  it.each(leaking.map((provider) => [provider.slug, provider as AnyProvider] as const))('%s does send what its adapter must drop', async (_slug, provider) => {
    const bench = await openBench(provider, 30)
    for (const resource of provider.resources) await walk(resource, bench.send, { setup: bench.setup })
    const secrets = ((await provider.sandbox()).secrets(bench.sandbox.world))
    const headers = authHeadersOf(provider.auth, bench.sandbox.link.credentials, bench.setup, null)
    const answers = await Promise.all(bench.asked.map(async ({ method, path, query, body, url }) => {
      const address = new URL(url ?? bench.baseUrl + path, bench.baseUrl)
      for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) address.searchParams.set(key, String(value))
      return (await fetch(address, { method, headers: { ...headers, 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }) })).text()
    }))
    expect(answers.some((text) => secrets.some((secret) => text.includes(secret)))).toBe(true)
    await bench.close()
  })
})
