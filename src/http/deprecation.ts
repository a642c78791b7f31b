/** How the API changes: a route that will go says so in its own answers, long before, in headers that machines know (RFC 9745 and RFC 8594). */
import type { FastifyInstance } from 'fastify'

export interface Deprecation {
  /** The day from which nothing new should use the route, like `2027-01-31`. */
  readonly since: string
  /** The day after which it may be gone. */
  readonly sunset?: string
  /** Where the way out is described. */
  readonly guide?: string
  /** The address that takes its place. */
  readonly successor?: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set where the route is on its way out. */
    deprecated?: Deprecation
  }
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

function instantOf(day: string): Date {
  const date = new Date(`${day}T00:00:00Z`)
  if (!DAY.test(day) || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(day)) throw new Error(`${JSON.stringify(day)} is no day: write it like 2027-01-31`)
  return date
}

/** The headers of a route on its way out. Throws where the dates make no sense. */
export function deprecationHeaders({ since, sunset, guide, successor }: Deprecation): Record<string, string> {
  const from = instantOf(since)
  const until = sunset === undefined ? null : instantOf(sunset)
  if (until !== null && until < from) throw new Error(`a route cannot be gone (${sunset}) before it is deprecated (${since})`)
  const links = [...(guide === undefined ? [] : [`<${guide}>; rel="deprecation"; type="text/html"`]), ...(successor === undefined ? [] : [`<${successor}>; rel="successor-version"`])]
  return {
    deprecation: `@${from.getTime() / 1000}`,
    ...(until !== null && { sunset: until.toUTCString() }),
    ...(links.length > 0 && { link: links.join(', ') }),
  }
}

/** Adds the headers to every answer of such a route, errors too. What is declared wrongly stops the start. */
export function announceDeprecation(app: FastifyInstance): void {
  const headers = new Map<string, Record<string, string>>()
  app.addHook('onRoute', ({ url, config }) => { if (config?.deprecated !== undefined) headers.set(url, deprecationHeaders(config.deprecated)) })
  app.addHook('onRequest', ({ routeOptions: { config, url } }, reply, done) => {
    if (config.deprecated !== undefined && url !== undefined) reply.headers(headers.get(url)!)
    done()
  })
}
