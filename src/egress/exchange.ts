/** The only code that talks to the outside: one exchange with a vendor, from the first byte to the last, under every guard. */
import type { Readable } from 'node:stream'
import { Agent } from 'undici'
import type { AllowedHosts } from './allowed-hosts.ts'
import { checkAnnounced, readBody } from './body.ts'
import type { BodyLimits } from './body.ts'
import { classify } from './classify.ts'
import { guardedConnector } from './connect.ts'
import type { Lookup } from './connect.ts'
import { deadline } from './deadline.ts'
import type { Deadline } from './deadline.ts'
import { Fault } from '../errors.ts'
import { handedOn, type FileLimits } from './file.ts'
import { checkUrl } from './guard.ts'
import type { GuardRules } from './guard.ts'
import { nextHop } from './redirect.ts'

export interface EgressLimits extends BodyLimits {
  readonly connectMs: number
  readonly headersMs: number
  /** The whole exchange: all hops, to the last byte of the last body. */
  readonly totalMs: number
  readonly hops: number
}

export const defaultLimits: EgressLimits = {
  connectMs: 5_000, headersMs: 30_000, totalMs: 60_000, hops: 3, decodedBytes: 32 * 1048576, ratio: 100, ratioFrom: 4 * 1048576,
}

export interface EgressOptions {
  readonly allowed: AllowedHosts
  readonly ownPorts?: () => Iterable<number>
  readonly limits?: Partial<EgressLimits>
  readonly lookup?: Lookup
  readonly ca?: string
}

export interface EgressRequest {
  /** In whose name: private addresses are allowed by provider. */
  readonly provider: string
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: string | Buffer | null
  readonly signal?: AbortSignal
  /** Given: the body of a good answer is handed on as it comes. */
  readonly file?: FileLimits
  /** Told of each hop when it is over. */
  readonly onHop?: (hop: Hop) => void
}

/** One request and its answer, or the fault that it ended in. */
export interface Hop {
  readonly method: string
  readonly url: URL
  readonly requestHeaders: Headers
  readonly requestBody: string | Buffer | null
  readonly startedAt: number
  readonly durationMs: number
  readonly firstByteMs: number | null
  readonly status: number | null
  readonly headers: Headers
  readonly body: Buffer
  /** The body, decoded, where it is handed on as it comes. Whoever gets it reads it or destroys it; then the hop is over. */
  readonly stream: Readable | null
  readonly wireBytes: number
  readonly fault: Fault | null
  /** True where the answer only sent us on. */
  readonly redirected: boolean
}

export interface Egress {
  /** Resolves with the last hop, decoded and complete, or with its body still to come where that was asked for; or throws a Fault of the family `upstream`, or the signal's reason. */
  readonly exchange: (request: EgressRequest) => Promise<Hop>
  readonly close: () => Promise<void>
}

export function openEgress({ allowed, ownPorts, limits: given = {}, lookup, ca }: EgressOptions): Egress {
  const limits: EgressLimits = { ...defaultLimits, ...given }
  const rules: GuardRules = { allowed, ...(ownPorts === undefined ? {} : { ownPorts }) }
  // One pool for each provider: a socket that one provider may open to a private address is never another's.
  const agents = new Map<string, Agent>()
  const agentOf = (provider: string): Agent => {
    let agent = agents.get(provider)
    if (agent === undefined) {
      agent = new Agent({
        connect: guardedConnector({ provider, rules, timeoutMs: limits.connectMs, ...(lookup === undefined ? {} : { lookup }), ...(ca === undefined ? {} : { ca }) }),
        allowH2: false, pipelining: 1, connections: 64, maxHeaderSize: 65_536,
        // Our own deadline rules: undici's timers are coarse and start anew with each byte.
        headersTimeout: 0, bodyTimeout: 0,
      })
      agents.set(provider, agent)
    }
    return agent
  }

  async function hop(request: EgressRequest, limit: Deadline): Promise<Hop> {
    const { provider, method, url, headers, body, onHop } = request
    const startedAt = Date.now()
    const clock = performance.now()
    const soFar = (): number => Math.round(performance.now() - clock)
    let status: number | null = null
    let firstByteMs: number | null = null
    const answer = new Headers()
    const hopOf = (rest: Partial<Hop>): Hop => ({
      method, url, requestHeaders: headers, requestBody: body, startedAt, durationMs: soFar(), firstByteMs, status, headers: answer, body: Buffer.alloc(0), stream: null, wireBytes: 0, fault: null, redirected: false, ...rest,
    })
    const report = (rest: Partial<Hop> = {}): Hop => {
      const done = hopOf(rest)
      onHop?.(done)
      return done
    }
    /** What went wrong, as a fault; null: the caller left. */
    const faultOf = (error: unknown): Fault | null => {
      const cause = limit.signal.aborted ? limit.signal.reason : error
      return request.signal?.aborted === true && cause === request.signal.reason ? null : classify(cause, url.host, status !== null)
    }
    try {
      limit.signal.throwIfAborted()
      checkUrl(rules, provider, url)
      const release = limit.within(limits.headersMs)
      const response = await agentOf(provider).request({
        origin: url.origin, path: url.pathname + url.search, method, headers: Object.fromEntries(headers), body, signal: limit.signal,
      }).finally(release)
      firstByteMs = soFar()
      status = response.statusCode
      for (const [name, value] of Object.entries(response.headers)) for (const one of [value ?? []].flat()) answer.append(name, one.replaceAll(/[\r\n\0]/g, ' '))
      const encoding = answer.get('content-encoding')
      if (request.file !== undefined && status >= 200 && status < 300) {
        const sized = { ...limits, decodedBytes: request.file.bytes }
        try { checkAnnounced(answer.get('content-length'), sized) } catch (error) { response.body.on('error', () => undefined).destroy(); throw error }
        const stream: Readable = handedOn(response.body, encoding, url.host, sized, request.file, {
          meaning: faultOf,
          over(wireBytes, fault) {
            limit.end()
            report({ stream, wireBytes, fault })
          },
        })
        return hopOf({ stream })
      }
      const { bytes, wireBytes } = method === 'HEAD' ? { bytes: Buffer.alloc(0), wireBytes: 0 } : await readBody(response.body, encoding, limits)
      return report({ body: bytes, wireBytes, redirected: isRedirect(status, answer) })
    } catch (error) {
      const fault = faultOf(error)
      report({ fault })
      throw fault ?? limit.signal.reason
    }
  }

  return {
    async exchange(request) {
      const limit = deadline(request.file?.totalMs ?? limits.totalMs, request.url.host, request.signal)
      let goesOn = false
      try {
        let current = request
        for (let hops = 0; ; hops++) {
          const done = await hop(current, limit)
          goesOn = done.stream !== null
          if (!done.redirected) return done
          if (hops === limits.hops) throw new Fault('upstream.unexpected', { detail: `${request.url.host} sent us on more than ${limits.hops} times.` })
          current = nextHop(current, done)
        }
      } finally {
        if (!goesOn) limit.end()
      }
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()))
      agents.clear()
    },
  }
}

const isRedirect = (status: number, headers: Headers): boolean => [301, 302, 303, 307, 308].includes(status) && headers.has('location')
