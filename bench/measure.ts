/** Everything that is measured, in short turns one after another and round after round: what the machine does besides meets all alike. */
import type { CommonModel } from '#models'
import { serverCpu } from './cpu.ts'
import { burst, fetchText, startServer, type Request, type Server } from './load.ts'
import { repeat, statements } from './postgres.ts'
import { clockOf, recordId, type Seeded } from './seed.ts'

export const PAGE_SIZE = 100
const CONNECTIONS = 4
/** Enough places to land on that no cache but the operating system's helps. */
const PLACES_PER_ACCOUNT = 200

export interface Dataset { readonly records: number; readonly url: string; readonly seeded: Seeded }
export interface Sample { readonly nodeUs: number; readonly postgresUs: number; readonly perSecond: number; readonly p50: number | null; readonly p99: number | null }
export interface Variant { readonly name: string; readonly records: number | null; readonly samples: Sample[]; readonly turn: () => Promise<Sample> }

const random = (below: number): number => Math.floor(Math.random() * below)
const pick = <T>(list: readonly T[]): T => list[random(list.length)]!
const at = (sorted: readonly number[], part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!

export async function prepare(model: CommonModel, datasets: readonly Dataset[], postmaster: number, seconds: number): Promise<{ variants: Variant[]; pageBytes: number; stop: () => Promise<void> }> {
  const address = `/api/${model.category}/v1/${model.path}`
  const { list, retrieve } = statements(model, PAGE_SIZE)
  const servers: Server[] = []
  const variants: Variant[] = []
  const started = async (order: Parameters<typeof startServer>[0]): Promise<Server> => {
    const server = await startServer(order)
    servers.push(server)
    return server
  }
  const add = (name: string, records: number | null, turn: () => Promise<Sample>): void => { variants.push({ name, records, samples: [], turn }) }
  const underLoad = (server: Server, next: () => Request, { status = 200, connections = CONNECTIONS } = {}) => async (): Promise<Sample> => {
    const [node, postgres] = [await server.cpu(), serverCpu(postmaster)]
    const { requests, seconds: took, latencies } = await burst(server.origin, next, { seconds, connections, status })
    const sorted = latencies.toSorted((a, b) => a - b)
    return { nodeUs: (await server.cpu() - node) / requests, postgresUs: (serverCpu(postmaster) - postgres) / requests, perSecond: requests / took, p50: at(sorted, 0.5), p99: at(sorted, 0.99) }
  }
  const alone = (dataset: Dataset, statement: typeof list) => async (): Promise<Sample> => {
    const [before, begun] = [serverCpu(postmaster), performance.now()]
    const times = await repeat(dataset.url, statement, { seconds, connections: CONNECTIONS, perAccount: dataset.seeded.perAccount })
    return { nodeUs: 0, postgresUs: (serverCpu(postmaster) - before) / times, perSecond: times / ((performance.now() - begun) / 1000), p50: null, p99: null }
  }

  let pageBytes = 0
  let recordBytes = 0
  for (const dataset of datasets) {
    const { records, seeded } = dataset
    const server = await started({ kind: 'product', url: dataset.url })
    const headers = seeded.tokens.map((token) => ({ authorization: `Bearer ${seeded.apiKey}`, 'x-account-token': token }))
    const pages = await walk(server, address, headers)
    pageBytes = pages[0]!.bytes
    recordBytes = Buffer.byteLength((await fetchText(server.origin, { path: `${address}/${recordId(0, 1)}`, headers: headers[0]! })).text)
    const last = Math.max(1, seeded.perAccount - PAGE_SIZE)
    const anyPage = (): Request => pick(pages)
    const anyRecord = (): Request => { const account = random(headers.length); return { path: `${address}/${recordId(account, 1 + random(seeded.perAccount))}`, headers: headers[account]! } }
    add('list', records, underLoad(server, anyPage))
    add('modified_after', records, underLoad(server, () => ({ path: `${address}?page_size=${PAGE_SIZE}&modified_after=${clockOf(random(last))}`, headers: pick(headers) })))
    add('not modified', records, underLoad(server, () => { const page = pick(pages); return { path: page.path, headers: { ...page.headers, 'if-none-match': page.etag } } }, { status: 304 }))
    add('retrieve', records, underLoad(server, anyRecord))
    add('list, one at a time', records, underLoad(server, anyPage, { connections: 1 }))
    add('retrieve, one at a time', records, underLoad(server, anyRecord, { connections: 1 }))
    add('Postgres alone, list', records, alone(dataset, list))
    add('Postgres alone, retrieve', records, alone(dataset, retrieve))
  }
  for (const [name, bytes] of [['Fastify alone, list', pageBytes], ['Fastify alone, retrieve', recordBytes]] as const) {
    const server = await started({ kind: 'constant', bytes })
    add(name, null, underLoad(server, () => ({ path: '/', headers: {} })))
  }
  return { variants, pageBytes, stop: async () => { for (const server of servers) await server.stop() } }
}

/** Pages of every account with their cursors and tags, spread over the whole list. */
async function walk(server: Server, address: string, headers: readonly Record<string, string>[]): Promise<(Request & { etag: string; bytes: number })[]> {
  const pages = await Promise.all(headers.map(async (of) => {
    const found: (Request & { etag: string; bytes: number })[] = []
    for (let cursor: string | null = '', n = 0; cursor !== null && n < PLACES_PER_ACCOUNT; n += 1) {
      const path = `${address}?page_size=${PAGE_SIZE}${cursor === '' ? '' : `&cursor=${cursor}`}`
      const { text, etag } = await fetchText(server.origin, { path, headers: of })
      const page = JSON.parse(text) as { next: string | null; results: unknown[] }
      if (page.results.length === PAGE_SIZE) found.push({ path, headers: of, etag: etag!, bytes: Buffer.byteLength(text) })
      cursor = page.next
    }
    return found
  }))
  return pages.flat()
}
