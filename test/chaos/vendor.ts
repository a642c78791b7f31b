/** The hostile vendor, in a process of its own: it changes its data all the time, answers badly now and then, and writes everything down. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { openWorld } from './ledger.ts'
import { LISTS } from './provider.ts'
import { randomOf } from './schedule.ts'
import { openTokens } from './tokens.ts'

export interface VendorOrders { readonly perSecond?: number; readonly hostile?: boolean; readonly until?: number }

const [seed, ...accounts] = process.argv.slice(2)
const world = openWorld(accounts, randomOf(Number(seed)))
const random = randomOf(Number(seed) + 1)
const beginning = world.ledger.length
let orders = { perSecond: 0, hostile: false, until: 0 }
let owed = 0
const tokens = openTokens()

setInterval(() => {
  owed += orders.perSecond / 50
  for (; owed >= 1; owed--) if (world.ledger.length - beginning < orders.until) world.mutate()
}, 20)

/** Null: whoever asks is nobody. */
function whoAsks({ headers }: IncomingMessage): string | null {
  const account = headers.authorization === undefined ? headers['x-key'] as string : tokens.bearer(headers.authorization.replace('Bearer ', ''))
  // On bad days tokens end before their time.
  if (account !== null && headers.authorization !== undefined && orders.hostile && random() < 0.004) tokens.end(account)
  return account
}

function answer(account: string, url: URL): unknown {
  if (url.pathname === '/me') return { me: account }
  const since = url.searchParams.get('since') ?? undefined
  if (url.pathname === '/teams/gone') return { list: world.gone(account, 'ticketing.Team', since) }
  const list = LISTS.find(({ path }) => path === url.pathname)
  if (list === undefined) return null
  const number = (name: string): number => Number(url.searchParams.get(name) ?? 0)
  const page = world.page(account, list.model, { above: number('above') || number('cursor'), skip: number('skip') || Math.max(0, number('page') - 1) * 25, ...(since !== undefined && { since }) })
  const next = page.left > page.list.length ? String(page.list.at(-1)!.id) : null
  const twice = orders.hostile && list.path === '/teams' && page.list.length > 0 && random() < 0.1 ? [page.list[0]!] : []
  return { ...page, next, list: [...page.list, ...twice] }
}

/** What servers do on bad days. Null: this time it answers. */
function trouble(response: ServerResponse, url: URL, right: () => string): number | null {
  const lot = random()
  const say = (status: number, body: string, headers: Record<string, string> = {}): null => { response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body); return null }
  if (lot < 0.02) return say(500, '{"error":"oops"}')
  if (lot < 0.025) return say(503, '', { 'retry-after': '1' })
  if (lot < 0.03) return say(429, '', { 'retry-after': '1' })
  if (lot < 0.04) return say(200, '<html>Maintenance</html>', { 'content-type': 'text/html' })
  if (lot < 0.05) {
    const text = right()
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) })
    response.write(text.slice(0, text.length / 2), () => response.destroy())
    return null
  }
  if (lot < 0.055 && url.searchParams.has('cursor')) return say(410, '{"error":"cursor expired"}')
  return lot < 0.1 ? 50 + random() * 600 : 0
}

/** Refresh tokens are handed in here: now and then nothing comes of it, or what came of it is lost on its way, and mostly it takes its time. */
async function renew(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const given = new URLSearchParams(await textOf(request))
  const pause = (): Promise<void> => delay(orders.hostile ? random() ** 3 * 800 : 0)
  const lot = orders.hostile ? random() : 1
  await pause()
  if (lot < 0.05) { response.writeHead(lot < 0.025 ? 500 : 503).end(); return }
  const pair = tokens.renew(given.get('refresh_token') ?? '')
  await pause()
  if (lot < 0.12) { response.destroy(); return }
  response.writeHead(pair === null ? 400 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(pair === null ? { error: 'invalid_grant' } : { access_token: pair.accessToken, refresh_token: pair.refreshToken, expires_in: pair.lifeSeconds, token_type: 'bearer' }))
}

const server = createServer((request, response) => {
  const url = new URL(request.url!, 'http://vendor')
  // The checker's own door: no customer knows it.
  if (url.pathname === '/ledger') { response.end(JSON.stringify(world.ledger)); return }
  if (url.pathname === '/families') { response.end(JSON.stringify(tokens.families())); return }
  if (url.pathname === '/count') { response.end(String(world.ledger.length - beginning)); return }
  if (url.pathname === '/consent') { response.end(JSON.stringify(tokens.consent(url.searchParams.get('account')!))); return }
  if (url.pathname === '/token') { void renew(request, response).catch(() => { response.destroy() }); return }
  const account = whoAsks(request)
  if (account === null) { response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"invalid_token"}'); return }
  const right = (): string => JSON.stringify(answer(account, url))
  const send = (text: string): void => { response.writeHead(200, { 'content-type': 'application/json' }).end(text) }
  const pause = orders.hostile ? trouble(response, url, right) : 0
  // What is shown is what is true when the request arrived, however late the answer is.
  if (pause !== null) { const text = right(); if (pause === 0) send(text); else setTimeout(() => send(text), pause) }
})
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))
process.on('message', (given: VendorOrders) => { orders = { ...orders, ...given } })
process.on('disconnect', () => process.exit(0))
