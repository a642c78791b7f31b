/** How often a caller may ask: so many requests a minute for each linked account, or for the API key where no account is named. Counted in this process. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '../errors.ts'

/** How it stands with one caller after one more request. */
export interface Allowance { readonly allowed: boolean; readonly remaining: number; readonly fullInMs: number; readonly nextInMs: number }
export interface RateLimiter { readonly take: (caller: string) => Allowance }

const MOST_CALLERS = 50_000

/** A bucket for each caller: full at first, refilled evenly. A caller who was silent for a minute has the whole minute's requests at once, and never more. */
export function rateLimiter({ perMinute, now = Date.now }: { readonly perMinute: number; readonly now?: () => number }): RateLimiter {
  const everyMs = 60_000 / perMinute
  // When the bucket will be full again; one that is full need not be remembered.
  const fullAt = new Map<string, number>()
  return {
    take(caller) {
      const at = now()
      const debt = Math.max(0, (fullAt.get(caller) ?? at) - at)
      const allowed = debt + everyMs <= 60_000 + 1e-6
      const after = allowed ? debt + everyMs : debt
      fullAt.delete(caller)
      fullAt.set(caller, at + after)
      // The one asked for longest ago goes first; he gets a full bucket, which is no harm at this number.
      if (fullAt.size > MOST_CALLERS) for (const oldest of fullAt.keys()) { fullAt.delete(oldest); break }
      return { allowed, remaining: Math.max(0, Math.floor((60_000 - after) / everyMs + 1e-6)), fullInMs: after, nextInMs: allowed ? 0 : after + everyMs - 60_000 }
    },
  }
}

const seconds = (ms: number): string => String(Math.ceil(ms / 1000))

/** Counts every authenticated request, and says in its answer how much is left. Register it behind authentication. */
export function limitRate(app: FastifyInstance, { perMinute, now = Date.now }: { readonly perMinute: number; readonly now?: () => number }): void {
  const limiter = rateLimiter({ perMinute, now })
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.caller === null) return
    const { allowed, remaining, fullInMs, nextInMs } = limiter.take(request.account === null ? `key ${request.caller.apiKeyId}` : `account ${request.account.id}`)
    reply.headers({ 'ratelimit-limit': String(perMinute), 'ratelimit-remaining': String(remaining), 'ratelimit-reset': seconds(fullInMs) })
    if (!allowed) throw new Fault('request.too_many', { detail: `More than ${perMinute} requests a minute for ${request.account === null ? 'this API key' : 'this linked account'}.`, retryAt: new Date(now() + nextInMs) })
  })
}
