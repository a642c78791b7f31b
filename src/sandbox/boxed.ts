import type { AnyProvider, Setup } from '#kit'
import type { Sandbox } from './start.ts'

const moved = (address: string, origin: string): string => {
  const { pathname, search } = new URL(address)
  return origin + pathname.replace(/\/$/, '') + search
}

/** The provider as it is, except that its vendor's addresses are at the box. Where customers say the address themselves, they say the box's. */
export function boxed(provider: AnyProvider, { origin, link }: Pick<Sandbox<unknown>, 'origin' | 'link'>): AnyProvider {
  if (new URL(provider.baseUrl(link.setup)).origin === origin) return provider
  const { auth, oauth } = provider
  return {
    ...provider,
    baseUrl: (setup) => moved(provider.baseUrl(setup), origin),
    auth: auth.kind !== 'token_exchange' ? auth : {
      ...auth,
      ask: (credentials, setup) => {
        const ask = auth.ask(credentials, setup)
        // The type says https, which a box on the loopback does not speak.
        return ask.url === undefined ? ask : { ...ask, url: moved(ask.url, origin) as `https://${string}` }
      },
    },
    ...(oauth !== undefined && { oauth: {
      ...oauth,
      authorizeUrl: (setup) => moved(oauth.authorizeUrl(setup), origin) as `https://${string}`, tokenUrl: (setup) => moved(oauth.tokenUrl(setup), origin) as `https://${string}`,
      ...(oauth.baseUrl !== undefined && { baseUrl: (setup: Setup) => moved(oauth.baseUrl!(setup), origin) }),
      ...(oauth.account !== undefined && { account: { ...oauth.account, url: moved(oauth.account.url, origin) as `https://${string}` } }),
    } }),
  }
}

/** The provider without its vendor's limits: a box has none, and nobody wants to wait for it. */
export const unhurried = (provider: AnyProvider): AnyProvider => ({ ...provider, limits: { ...provider.limits, concurrency: 8, requests: { count: 1_000_000, perSeconds: 1 }, budgets: [] } })
