import { Fault } from '../errors.ts'
import type { UpstreamCode } from '../errors.ts'

const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_OSSL_)|^EPROTO$|^HOSTNAME_MISMATCH$/
const TIMEOUT = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])
const DROPPED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.name === 'HTTPParserError' ? 'HPE_INVALID' : ''
}

/** What a transport error means. `answered`: the status and headers had come already. */
export function classify(error: unknown, host: string, answered: boolean): Fault {
  if (error instanceof Fault) return error
  const code = codeOf(error)
  // Everything that a socket, TLS, a look-up or an inflater throws has a code. The rest is our own mistake, and looks like it.
  if (code === '') return new Fault('internal', {}, error)
  const fault = (to: UpstreamCode, detail: string, dropped = false): Fault => new Fault(to, { detail, ...(dropped ? { dropped } : {}) }, error)
  if (TIMEOUT.has(code)) return fault('upstream.timed_out', `${host} did not answer in time.`)
  if (TLS.test(code)) return fault('upstream.tls', `${host} has no certificate that is valid for it (${code}).`)
  if (answered) return fault('upstream.cut_short', code.startsWith('Z_') || code.startsWith('ERR_') ? `The answer of ${host} could not be unpacked to its end.` : `The answer of ${host} broke off.`)
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW') return fault('upstream.too_large', `The headers of the answer of ${host} are too long.`)
  if (code.startsWith('HPE_')) return fault('upstream.unreachable', `${host} does not speak HTTP there.`)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA') return fault('upstream.unreachable', `The name ${host} does not resolve.`)
  // `dropped`: the connection was there and went away before any answer, as a kept-alive one does that the vendor had closed.
  return fault('upstream.unreachable', `${host} could not be reached (${code}).`, DROPPED.has(code))
}
