/** A vendor in a process of its own: accounts by key, rows by number, made when they are asked for, so that a million cost nothing. It counts what each of its customers asks, strictly: in every span of time, however it lies. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Allowance } from '#kit'
import { ROWS_PER_REQUEST } from './fairness-report.ts'

/** Told to change a row of an account; answers with the moment in which it did. */
export interface ChangeOrder { readonly account: string; readonly row: number }
/** Requests so far, those that were refused for being too many, and the most that one customer had in one span. */
export interface Counted { readonly requests: number; readonly refused: number; readonly most: number }
export type VendorOrder = ChangeOrder | 'count'
export type VendorMessage = { readonly origin: string } | { readonly changed: ChangeOrder; readonly at: number } | { readonly counted: Counted }

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
    return { list: recent.slice(0, ROWS_PER_REQUEST).map(rowOf), left: recent.length }
  }
  const left = Math.max(0, sizeOf(account) - above)
  return { list: Array.from({ length: Math.min(ROWS_PER_REQUEST, left) }, (_, n) => rowOf(above + n + 1)), left }
}

const allowance = JSON.parse(process.argv[2]!) as Allowance
/** When each customer's last requests came, refused ones too. */
const came = new Map<string, number[]>()
let counted: Counted = { requests: 0, refused: 0, most: 0 }

/** Whether the customer has one left. */
function allows(account: string): boolean {
  const at = performance.now()
  const recent = [...(came.get(account) ?? []).filter((before) => before > at - allowance.perSeconds * 1000), at]
  came.set(account, recent)
  const allowed = recent.length <= allowance.count
  counted = { requests: counted.requests + 1, refused: counted.refused + (allowed ? 0 : 1), most: Math.max(counted.most, recent.length) }
  return allowed
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url!, 'http://vendor')
  const account = String(request.headers['x-key'])
  if (!allows(account)) return void response.writeHead(429, { 'retry-after': String(allowance.perSeconds) }).end()
  const body = pathname === '/me' ? { me: account } : page(account, Number(searchParams.get('above') ?? 0), searchParams.get('since'))
  response.writeHead(200, { 'content-type': 'application/json', date: new Date().toUTCString() }).end(JSON.stringify(body))
})
const say = (message: VendorMessage): void => { process.send!(message) }
process.on('message', (order: VendorOrder) => {
  if (order === 'count') return say({ counted })
  const at = new Date()
  const own = changed.get(order.account) ?? new Map<number, string>()
  changed.set(order.account, own.set(order.row, at.toISOString()))
  say({ changed: order, at: at.getTime() })
})
process.on('disconnect', () => { process.exit(0) })
server.listen(0, '127.0.0.1', () => { say({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }) })
