/** One page of a resource, asked of a live account, as the fixture that proves its mapping. */
import { globSync, readFileSync } from 'node:fs'
import { notOffered, type AnyProvider, type AnyResource, type Send, type Setup, type UpstreamResponse } from '#kit'
import { Fault } from '#src/errors'
import { mapRow } from '#src/sync/map'
import { readPage } from '#src/sync/pages'
import { firstPlace } from '#src/sync/place'
import { formsOf } from '#src/upstream/secret-forms'
import { createScrubber } from './scrub.ts'

export interface Recording {
  readonly origin: 'recorded'
  readonly system: string
  readonly recordedOn: string
  readonly model: string
  readonly setup?: Setup
  /** Fields that the adapter answers and this recording leaves empty. */
  readonly unseen: readonly string[]
  readonly exchanges: readonly Exchange[]
}
interface Exchange { readonly request: { readonly method: string; readonly path: string; readonly query?: Readonly<Record<string, string>>; readonly body?: unknown }; readonly response: { readonly status: number; readonly body: unknown } }

export interface RecordRequest {
  readonly provider: AnyProvider
  readonly resource: AnyResource
  readonly send: Send
  readonly setup: Setup
  /** Nothing of these may be in the recording, in whatever form. */
  readonly secrets: readonly string[]
  readonly system: string
}

/** Enough items to be telling, few enough to be read. */
const ITEMS = 4
/** Ids are invented, and some adapters go by their order: another invention may keep it. */
const INVENTIONS = 20
const ACCOUNT = '00000000-0000-8000-8000-000000000001'

export async function recordResource({ provider, resource, send, setup, secrets, system }: RecordRequest): Promise<Recording> {
  const live: Exchange[] = []
  const rows = await readRows(resource, setup, async (request) => {
    const { method, path, query = {}, body } = request
    const asked = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined).map(([key, value]) => [key, String(value)]))
    const note = (status: number, answer: unknown): void => { live.push({ request: { method, path, ...(Object.keys(asked).length > 0 && { query: asked }), ...(body !== undefined && { body }) }, response: { status, body: answer } }) }
    try {
      const response = await send(request)
      const answer = telling(resource, response.body)
      note(response.status, answer)
      return { ...response, body: answer }
    } catch (error) {
      // What the vendor withholds, or has lost meanwhile, is part of how a list is read.
      if (error instanceof Fault && (error.code === 'upstream.not_found' || error.code === 'upstream.forbidden')) note(error.code === 'upstream.not_found' ? 404 : 403, null)
      throw error
    }
  })
  if (rows === 0) throw new Error(`the first page that is read shows nothing of it, so there is nothing to record`)
  for (let attempt = 1; ; attempt += 1) {
    const { setup: said, exchanges } = scrubbed(provider, live, setup)
    const own = Object.fromEntries(Object.entries(said).filter(([name]) => !(setup[name] ?? '').includes('://')))
    const about = { origin: 'recorded', system, recordedOn: new Date().toISOString().slice(0, 10), model: resource.model.id as string, ...(Object.keys(own).length > 0 && { setup: own }) } as const
    const text = JSON.stringify([about, exchanges])
    if (formsOf(secrets).some((form) => text.includes(form))) throw new Error('a credential is still in the recording; nothing was written')
    try {
      return { ...about, unseen: await unseenIn(resource, exchanges, own), exchanges }
    } catch (error) {
      if (attempt === INVENTIONS) throw error
    }
  }
}

async function readRows(resource: AnyResource, setup: Setup, send: Send): Promise<number> {
  return (await readPage(resource, send, { since: null, place: firstPlace(resource), setup })).rows.length
}

/** The list with those few items that show the most between them; any other answer as it is. */
function telling({ read }: AnyResource, body: unknown): unknown {
  let listed: unknown
  try { listed = read.items(body) } catch { return body }
  if (!Array.isArray(listed) || listed.length <= ITEMS) return body
  const all = listed as readonly unknown[]
  const chosen: unknown[] = []
  const shown = new Set<string>()
  while (chosen.length < ITEMS) {
    const news = (item: unknown): number => filledIn(item).filter((path) => !shown.has(path)).length
    // The last place is for the barest: a fixture that leaves nothing empty proves little.
    const next = chosen.length < ITEMS - 1
      ? all.filter((item) => !chosen.includes(item)).reduce((best, item) => (news(item) > news(best) ? item : best))
      : all.filter((item) => !chosen.includes(item)).reduce((best, item) => (filledIn(item).length < filledIn(best).length ? item : best))
    chosen.push(next)
    for (const path of filledIn(next)) shown.add(path)
  }
  const kept = all.filter((item) => chosen.includes(item))
  const cut = (value: unknown): unknown => {
    if (value === listed) return kept
    if (Array.isArray(value)) return value.map(cut)
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cut(inner)])) : value
  }
  return cut(body)
}

function filledIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => filledIn(item, `${path}[]`))
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, inner]) => filledIn(inner, `${path}.${key}`))
  return value === null || value === '' ? [] : [path]
}

function scrubbed(provider: AnyProvider, live: readonly Exchange[], setup: Setup): { readonly exchanges: Exchange[]; readonly setup: Setup } {
  const answers = live.map(({ response }) => response.body)
  const address = { from: provider.baseUrl(setup), to: `https://${provider.slug}.example.com` }
  const scrubber = createScrubber({ vocabulary: vocabularyOf(provider.slug), address }, [setup, answers])
  const own = scrubber.answer(setup) as Setup
  const bodies = answers.map(scrubber.answer)
  const left = scrubber.leftIn([own, bodies])
  // How many, not which: this is printed.
  if (left.length > 0) throw new Error(`${left.length} texts of the account are still in the recording; nothing was written`)
  return { setup: own, exchanges: live.map(({ request, response }, at) => ({ request: scrubber.request(request), response: { status: response.status, body: bodies[at] } })) }
}

/** A word that stands in the adapter is the vendor's: statuses, types, names of properties. The box invents its own data, so it does not count. */
export function vocabularyOf(slug: string): ReadonlySet<string> {
  const folder = new URL(`../../providers/${slug}/`, import.meta.url).pathname
  const sources = globSync(`${folder}**/*.ts`).filter((file) => !/\/sandbox[./]/.test(file)).map((file) => readFileSync(file, 'utf8').replaceAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm, ''))
  return new Set(sources.flatMap((text) => [...text.matchAll(/'([^'\n]+)'|([\w.]+)/g)].flatMap(([, literal, word]) => (literal === undefined ? [word!] : [literal, ...literal.split(/[/?&=]/), ...literal.split(/[^\w.]+/)]))).filter((word) => word !== ''))
}

/** Which fields the recording leaves empty: nobody is to take them for proven. */
async function unseenIn(resource: AnyResource, exchanges: readonly Exchange[], setup: Setup): Promise<string[]> {
  const left = [...exchanges]
  const replay: Send = async ({ method, path, body }): Promise<UpstreamResponse> => {
    const asked = left.filter(({ request }) => request.method === method && request.path === path)
    const exchange = asked.find(({ request }) => body !== undefined && JSON.stringify(request.body) === JSON.stringify(body)) ?? asked[0]
    if (exchange === undefined) throw new Error(`the recording cannot be replayed: ${method} ${path} is asked by the scrubbed answers, and is not in it`)
    left.splice(left.indexOf(exchange), 1)
    if (exchange.response.status === 404) throw new Fault('upstream.not_found')
    if (exchange.response.status === 403) throw new Fault('upstream.forbidden')
    return { status: exchange.response.status, headers: new Headers(), body: exchange.response.body, logId: '' }
  }
  const { rows } = await readPage(resource, replay, { since: null, place: firstPlace(resource), setup })
  const records = rows.map(({ row }) => mapRow(resource, row, { linkedAccountId: ACCOUNT, baseUrl: 'https://vendor.example.com', setup }))
  const isEmpty = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0)
  return Object.entries(resource.fields as object).filter(([field, read]) => read !== notOffered && records.every((record) => isEmpty(record.fields[field]))).map(([field]) => field).toSorted()
}
