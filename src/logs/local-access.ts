/** Who may look at the log page: somebody at this machine, let in by a link that works once. */
import { randomUUID } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import ipaddr from 'ipaddr.js'
import { Fault } from '../errors.ts'

const LINK = 'intermodal log page link'
const SESSION = 'intermodal log page session'
const LINK_SECONDS = 600
export const SESSION_SECONDS = 12 * 3600

export interface LocalAccess {
  /** The address to print: good for ten minutes, once. */
  readonly issueLink: (origin: string) => Promise<string>
  /** A session for a link's token. Throws a Fault for one that is old, used or not ours. */
  readonly enter: (token: string) => Promise<string>
  readonly isSession: (token: string | undefined) => Promise<boolean>
}

export function createLocalAccess({ key, now = Date.now }: { readonly key: Buffer; readonly now?: () => number }): LocalAccess {
  const startedAt = Math.floor(now() / 1000)
  /** Used links, until they would have expired anyway. */
  const used = new Map<string, number>()
  const sign = (audience: string, seconds: number): Promise<string> => {
    const at = Math.floor(now() / 1000)
    return new SignJWT().setProtectedHeader({ alg: 'HS256' }).setAudience(audience).setJti(randomUUID()).setIssuedAt(at).setExpirationTime(at + seconds).sign(key)
  }
  const verify = async (token: string, audience: string) => (await jwtVerify(token, key, { audience, algorithms: ['HS256'], currentDate: new Date(now()), requiredClaims: ['jti', 'iat', 'exp'] })).payload

  return {
    async issueLink(origin) {
      const url = new URL('/logs/enter', origin)
      url.searchParams.set('token', await sign(LINK, LINK_SECONDS))
      return url.href
    },
    async enter(token) {
      const { jti, iat, exp } = await verify(token, LINK).catch((cause: unknown) => { throw new Fault('request.forbidden', { detail: 'This link is not valid, or no longer.' }, cause) })
      for (const [id, until] of used) if (until < now() / 1000) used.delete(id)
      // Which links were used is not remembered over a restart, so links from before it are refused.
      if (used.has(jti!) || iat! < startedAt) throw new Fault('request.forbidden', { detail: 'This link was used already.' })
      used.set(jti!, exp!)
      return sign(SESSION, SESSION_SECONDS)
    },
    async isSession(token) {
      return token !== undefined && await verify(token, SESSION).then(() => true, () => false)
    },
  }
}

interface Visit { readonly socket: { readonly remoteAddress?: string | undefined }; readonly headers: Readonly<Record<string, string | readonly string[] | undefined>> }

/** Whether the visitor sits at this machine: the peer is loopback, nothing was forwarded, and the page is asked for by a local name, which a rebound one is not. */
export function isLocal({ socket, headers }: Visit): boolean {
  const peer = socket.remoteAddress
  if (peer === undefined || !ipaddr.isValid(peer) || ipaddr.process(peer).range() !== 'loopback') return false
  if (['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined)) return false
  const host = typeof headers['host'] === 'string' && URL.canParse(`http://${headers['host']}`) ? new URL(`http://${headers['host']}`).hostname.replace(/^\[|\]$/g, '') : ''
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback')
}
