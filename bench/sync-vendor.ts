/** The vendor, in a process of its own: pages are made before they are asked for, so that serving them costs it as little as it can. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CLOCK_START, filled } from './seed.ts'
import { model } from './sync-provider.ts'

/** A list of so many people. In each edition but the first, others of a hundred have changed. */
export interface List { readonly people: number; readonly edition: number; readonly pageSize: number }
export type VendorMessage = { readonly port: number } | { readonly pageBytes: number }

/** As many people as are told apart by more than their id. */
const KINDS = 10_000
const CHANGED_OF = 100

/** What changes is not among it. */
const kinds = Array.from({ length: KINDS }, (_, n) => JSON.stringify({ ...filled(model, n), preferred_name: undefined }).slice(1))
const person = (n: number, edition: number): string => {
  const changes = edition > 0 && n % CHANGED_OF === edition % CHANGED_OF ? edition : 0
  return `{"id":${n},"changed":"${new Date(CLOCK_START + changes * 1000).toISOString()}","preferred_name":"preferred name in edition ${changes}",${kinds[n % KINDS]!}`
}

function page({ people, edition, pageSize }: List, after: number): Buffer {
  const until = Math.min(people, after + pageSize)
  const rows = Array.from({ length: until - after }, (_, n) => person(after + n + 1, edition))
  return Buffer.from(`{"next":"${until < people ? until : ''}","total":${people},"people":[${rows.join(',')}]}`)
}

const pages = new Map<string, Buffer>()
const pathOf = ({ people, edition, pageSize }: List, after: number): string => `/${people}/${edition}/${pageSize}/people${after === 0 ? '' : `?after=${after}`}`

/** A list of an edition; others than this one and the first are not asked for again. */
function prepare(list: List): void {
  for (const path of pages.keys()) if (Number(path.split('/')[2]) > 0) pages.delete(path)
  for (let after = 0; after < list.people; after += list.pageSize) pages.set(pathOf(list, after), page(list, after))
}

const server = createServer((request, response) => {
  const [, people, edition, pageSize] = request.url!.split('/')
  const after = Number(new URL(request.url!, 'http://vendor').searchParams.get('after') ?? 0)
  const body = pages.get(request.url!) ?? page({ people: Number(people), edition: Number(edition), pageSize: Number.parseInt(pageSize!, 10) }, after)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
})
const say = (message: VendorMessage): void => { process.send!(message) }
process.on('message', (list: List) => { prepare(list); say({ pageBytes: pages.get(pathOf(list, 0))!.length }) })
process.on('disconnect', () => { process.exit(0) })
server.listen(0, '127.0.0.1', () => { say({ port: (server.address() as AddressInfo).port }) })
