/* oxlint-disable no-restricted-imports -- it listens; it opens no connection to anywhere */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AnySandboxVendor, SandboxAnswer, SandboxLink, SandboxVendor } from '#kit'
import { deliver, faultScript, spoil, type FaultControl, type FaultKind, type Reply, type ScriptedFault } from './faults.ts'
import { openMeters, type Metered } from './meters.ts'
import { router } from './routes.ts'

/** One request that the sandbox received. `status` is null where no answer was begun. */
export interface LedgerEntry {
  readonly at: Date
  readonly method: string
  readonly path: string
  readonly query: string
  readonly status: number | null
  readonly fault: FaultKind['kind'] | null
  /** The limit that was exceeded. */
  readonly exceeded: string | null
}

export interface Sandbox<World> {
  readonly origin: string
  readonly port: number
  /** The vendor's data. Change it at will; the next answer shows it. */
  readonly world: World
  /** What the link form would be filled in with. */
  readonly link: SandboxLink
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly LedgerEntry[]
  readonly faults: FaultControl
  readonly close: () => Promise<void>
}

export interface SandboxOptions<World> {
  readonly vendor: SandboxVendor<World>
  /** How many of the vendor's main records there are. */
  readonly size: number
  /** 0, the default: any free port of the loopback. */
  readonly port?: number
  readonly faults?: readonly ScriptedFault[]
  /** Limits that the box enforces as its vendor would; none by default. */
  readonly meters?: readonly Metered[]
  /** What the meters go by. */
  readonly now?: () => number
}

const LONGEST_BODY = 16 * 1024 * 1024

/** Put a vendor in a box: its wire format, over real HTTP, on the loopback. */
export async function startSandbox<World>({ vendor, size, port = 0, faults, meters = [], now = Date.now }: SandboxOptions<World>): Promise<Sandbox<World>> {
  const world = vendor.grow(size)
  const requests: LedgerEntry[] = []
  const script = faultScript(faults)
  const metered = openMeters(meters, now)
  const answer = answering(vendor, world)
  const firstOf = new Map<string, Reply>()
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = new Date()
    const method = request.method ?? 'GET'
    const url = new URL(request.url ?? '/', origin)
    const body = await bodyOf(request)
    const fault = script.strike(`${method} ${url.pathname}${url.search}`)
    const refusal = metered({ method, path: url.pathname, body }, response)
    const right = (): Reply => encode(refusal?.answer ?? answer(request, url, body, origin))
    const key = `${method} ${url.pathname}`
    const reply = spoil(fault, right, () => firstOf.get(key) ?? right())
    if (!firstOf.has(key)) firstOf.set(key, reply)
    const silent = fault?.kind === 'drop' || fault?.kind === 'hang'
    requests.push({ at, method, path: url.pathname, query: url.search, status: silent ? null : reply.status, fault: fault?.kind ?? null, exceeded: refusal?.what ?? null })
    deliver(response, reply, fault)
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      // A caller that hung up needs no answer; anything else is a mistake in the vendor's routes and is shown.
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' })
      response.end(error instanceof Error ? error.stack : String(error))
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const bound = (server.address() as AddressInfo).port
  const origin = `http://127.0.0.1:${bound}`
  return {
    origin,
    port: bound,
    world,
    link: vendor.link(origin),
    requests,
    faults: script,
    async close() {
      server.close()
      server.closeAllConnections()
      if (server.listening) await once(server, 'close')
    },
  }
}

function answering(vendor: AnySandboxVendor, world: unknown): (request: IncomingMessage, url: URL, body: unknown, origin: string) => SandboxAnswer {
  const find = router(vendor)
  return (request, url, body, origin) => {
    const match = find(request.method ?? 'GET', url.pathname)
    if (match === null) return vendor.otherwise
    const headers = new Headers(Object.entries(request.headersDistinct).flatMap(([name, values]) => (values ?? []).map((value): [string, string] => [name, value])))
    return match.route.answer({ method: match.route.method, path: url.pathname, params: match.params, query: url.searchParams, headers, body, origin }, world)
  }
}

function encode({ status, headers = {}, body }: SandboxAnswer): Reply {
  if (body === null) return { status, headers, body: Buffer.alloc(0) }
  if (Buffer.isBuffer(body)) return { status, headers, body }
  if (typeof body === 'string') return { status, headers, body: Buffer.from(body) }
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: Buffer.from(JSON.stringify(body)) }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > LONGEST_BODY) throw new Error('The request is larger than the sandbox takes.')
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  // A file is bytes; everything else is text.
  if (!/json|text|urlencoded/.test(request.headers['content-type'] ?? 'text')) return bytes.length === 0 ? null : bytes
  const text = bytes.toString('utf8')
  if (text === '') return null
  try { return JSON.parse(text) as unknown } catch { return text }
}
