import { Fault } from '../errors.ts'
import type { EgressRequest, Hop } from './exchange.ts'

/** What another origin may see of us. A list of what to keep: vendors name their credential headers as they like. */
const HARMLESS = new Set(['accept', 'accept-encoding', 'accept-language', 'user-agent'])

/** The request that an answer sends us on to. The guard checks its address like any other. */
export function nextHop(request: EgressRequest, { status, headers, url: from }: Hop): EgressRequest {
  const location = headers.get('location') ?? ''
  const url = URL.canParse(location, from.href) ? new URL(location, from) : null
  if (url === null) throw new Fault('upstream.unexpected', { detail: `${from.host} sent us on to an address that is none.` })
  if (from.protocol === 'https:' && url.protocol !== 'https:') throw new Fault('upstream.blocked', { detail: `${from.host} sent us on from https:// to ${url.protocol}//.` })
  url.hash = ''
  const sameOrigin = url.origin === from.origin
  if (request.method !== 'GET' && request.method !== 'HEAD' && !(sameOrigin && (status === 307 || status === 308))) {
    throw new Fault('upstream.unexpected', { detail: `${from.host} sent a request that changes something on to another address. It was not repeated there.` })
  }
  const kept = sameOrigin ? request.headers : new Headers([...request.headers].filter(([name]) => HARMLESS.has(name)))
  return { ...request, url, headers: kept }
}
