/** A vendor in a process of its own: accounts by key, rows by number, made when they are asked for, so that a million cost nothing. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Told to change a row of an account; answers with the moment in which it did. */
export interface ChangeOrder { readonly account: string; readonly row: number }
export type VendorMessage = { readonly origin: string } | { readonly changed: ChangeOrder; readonly at: number }

const PAGE = 100
const BORN = new Date(Date.UTC(2026, 0, 1)).toISOString()
/** Rows that were changed since the beginning, by account. */
const changed = new Map<string, Map<number, string>>()

/** `large-1000000` has a million rows. */
const sizeOf = (account: string): number => Number(/-(\d+)$/.exec(account)?.[1] ?? 0)

function page(account: string, above: number, since: string | null): object {
  const own = changed.get(account) ?? new Map<number, string>()
  const rowOf = (id: number) => ({ id, title: `Ticket ${id} of ${account}, ${own.get(id) ?? 'as it was'}`, changed: own.get(id) ?? BORN, owner: String(id % 50), labels: ['a', 'b'] })
  if (since !== null && since > BORN) {
    const recent = [...own].filter(([id, at]) => id > above && at >= since).map(([id]) => id).sort((a, b) => a - b)
    return { list: recent.slice(0, PAGE).map(rowOf), left: recent.length }
  }
  const left = Math.max(0, sizeOf(account) - above)
  return { list: Array.from({ length: Math.min(PAGE, left) }, (_, n) => rowOf(above + n + 1)), left }
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url!, 'http://vendor')
  const account = String(request.headers['x-key'])
  const body = pathname === '/me' ? { me: account } : page(account, Number(searchParams.get('above') ?? 0), searchParams.get('since'))
  response.writeHead(200, { 'content-type': 'application/json', date: new Date().toUTCString() }).end(JSON.stringify(body))
})
const say = (message: VendorMessage): void => { process.send!(message) }
process.on('message', (order: ChangeOrder) => {
  const at = new Date()
  const own = changed.get(order.account) ?? new Map<number, string>()
  changed.set(order.account, own.set(order.row, at.toISOString()))
  say({ changed: order, at: at.getTime() })
})
process.on('disconnect', () => { process.exit(0) })
server.listen(0, '127.0.0.1', () => { say({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }) })
