import { expect, it } from 'vitest'
import { createRedactor } from '#src/upstream/redact'
import { refreshing } from '#src/upstream/refresh'
import { APP, consentProvider } from '../support/consent-vendor.ts'

it('F25 a process that was stopped between saying that it renews a token and doing so sends nothing: the lock may be another\'s by now', async () => {
  let sent = 0
  const exchange = (): Promise<never> => { sent++; return Promise.reject(new Error('sent')) }
  const account = { id: 'a', organizationId: 'o', provider: consentProvider('http://127.0.0.1:1'), setup: {}, credentials: () => Promise.resolve({}) }
  const renew = (startBy: number) => refreshing(exchange, account, { traceId: 't' }, Date.now)({ accessToken: 'a', refreshToken: 'r', scopes: [], client: APP }, startBy, {}, createRedactor({ secrets: [], secretKeys: [] }))
  expect(await renew(performance.now() - 1)).toMatchObject({ kind: 'trouble', isUntouched: true, fault: { code: 'upstream.unreachable' } })
  expect(sent).toBe(0)
  await expect(renew(performance.now() + 10_000)).rejects.toThrow('sent')
  expect(sent).toBe(1)
})
