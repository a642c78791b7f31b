import { promises as dns } from 'node:dns'
import { isIP } from 'node:net'
import type { Socket } from 'node:net'
import { rootCertificates } from 'node:tls'
import { buildConnector } from 'undici'
import { Fault } from '../errors.ts'
import { addressOf } from './addresses.ts'
import { checkAddress } from './guard.ts'
import type { GuardRules } from './guard.ts'

/** All addresses of a name. */
export type Lookup = (host: string) => Promise<readonly string[]>

const systemLookup: Lookup = async (host) => (await dns.lookup(host, { all: true, verbatim: true })).map(({ address }) => address)

export interface ConnectOptions {
  readonly provider: string
  readonly rules: GuardRules
  readonly timeoutMs: number
  readonly lookup?: Lookup
  /** A certificate authority of the operator's, besides the public ones. */
  readonly ca?: string
}

const dialled = (connector: buildConnector.connector, options: buildConnector.Options): Promise<Socket> => new Promise((resolve, reject) => {
  connector(options, (error, socket) => { if (error === null) resolve(socket); else reject(error) })
})

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(Object.assign(new Error('the name took too long to look up'), { code: 'EAI_AGAIN' })), ms) })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/**
 * Opens sockets to vetted addresses only. The name is looked up once, every answer is vetted, and the socket is opened to
 * the vetted address itself, so that no second look-up can give another. A literal address is vetted like an answer:
 * undici's own `lookup` hook is never called for it.
 */
export function guardedConnector({ provider, rules, timeoutMs, lookup = systemLookup, ca }: ConnectOptions): buildConnector.connector {
  const connector = buildConnector({
    timeout: timeoutMs, allowH2: false, minVersion: 'TLSv1.2', rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
  })

  async function open(options: buildConnector.Options): Promise<Socket> {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    const target = { provider, protocol: options.protocol, host, port: Number(options.port || (options.protocol === 'https:' ? 443 : 80)) }
    const literal = isIP(host) !== 0
    const until = performance.now() + timeoutMs
    const addresses = literal ? [host] : await inTime(lookup(host), timeoutMs)
    if (addresses.length === 0) throw Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' })
    // One bad answer spoils all: a name that points both outside and inside is an attack, not a fallback.
    for (const address of addresses) checkAddress(rules, target, address)
    let failure: unknown
    for (const address of addresses.slice(0, 4)) {
      try {
        const socket = await dialled(connector, { ...options, hostname: address, servername: literal || options.protocol === 'http:' ? '' : host })
        if (socket.remoteAddress !== undefined && addressOf(socket.remoteAddress).toNormalizedString() === addressOf(address).toNormalizedString()) return socket
        socket.destroy()
        throw new Fault('upstream.blocked', { detail: `${host} led to another address than the one that was checked.` })
      } catch (error) {
        if (error instanceof Fault) throw error
        failure = error
        if (performance.now() > until) break
      }
    }
    throw failure
  }

  return (options, callback) => {
    // oxlint-disable-next-line promise/no-callback-in-promise -- undici's connectors speak in callbacks
    void open(options).then((socket) => callback(null, socket), (error: Error) => callback(error, null))
  }
}
