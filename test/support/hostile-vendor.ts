/** A real HTTP server on loopback that misbehaves as it is told, and remembers what reached it. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

export type Step = (response: ServerResponse, request: IncomingMessage, socket: Socket) => void

export interface Seen { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: string; readonly at: number }

export interface HostileVendor {
  readonly origin: string
  readonly port: number
  readonly seen: readonly Seen[]
  readonly connections: () => number
  /** What the next requests get, one step each; afterwards all get the last one. */
  readonly script: (...steps: readonly Step[]) => void
  readonly close: () => Promise<void>
}

/** Complete answers. */
export const json = (body: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): Step => (response) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
}
export const answer = (status: number, headers: Readonly<Record<string, string>> = {}, body: string | Buffer | null = null): Step => (response) => {
  response.writeHead(status, headers)
  response.end(body ?? undefined)
}
/** Bytes on the socket, then its end. */
export const raw = (bytes: string | Buffer): Step => (_response, _request, socket) => { socket.end(bytes) }
export const reset = (): Step => (_response, _request, socket) => { socket.resetAndDestroy() }
/** Headers at once, the body one byte at a time, for ever. */
export const drip = (everyMs: number): Step => (response, _request, socket) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), everyMs)
  socket.once('close', () => clearInterval(timer))
}
export const silence = (): Step => () => undefined

export async function startHostileVendor({ host = '127.0.0.1', tls, keepAliveMs = 5_000 }: { readonly host?: string; readonly tls?: { readonly key: string; readonly cert: string }; readonly keepAliveMs?: number } = {}): Promise<HostileVendor> {
  const seen: Seen[] = []
  let steps: Step[] = [json({})]
  let connections = 0
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      seen.push({ method: request.method!, url: request.url!, headers: request.headers, body: Buffer.concat(chunks).toString(), at: Date.now() })
      const step = steps.length > 1 ? steps.shift()! : steps[0]!
      step(response, request, request.socket)
    })
  }
  const server = tls === undefined ? createServer({ keepAliveTimeout: keepAliveMs }, handle) : createTlsServer({ ...tls, keepAliveTimeout: keepAliveMs }, handle)
  // Below HTTP and TLS: what only knocked counts too.
  server.on('connection', () => { connections++ })
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const shown = host.includes(':') ? `[${host}]` : host
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://${shown}:${port}`,
    port,
    seen,
    connections: () => connections,
    script(...given) { steps = [...given] },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
