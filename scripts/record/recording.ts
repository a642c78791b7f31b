/** One page of a resource, asked of a live account, as the fixture that proves its mapping. */
import { globSync, readFileSync } from 'node:fs'
import type { AnyProvider, AnyResource, Send, Setup } from '#kit'
import { Fault } from '#src/errors'
import { readPage } from '#src/sync/pages'
import { firstPlace } from '#src/sync/place'
import { formsOf } from '#src/upstream/secret-forms'
import { answeredFields, shownFields, type Exchange, type Fixture } from '../../test/conformance/fixture.ts'
import { createScrubber } from './scrub.ts'

export type Recording = Fixture & { readonly origin: 'recorded' }

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
      // What it leaves empty is named, so that nobody takes it for proven.
      const shown = await shownFields(resource, { ...about, exchanges })
      return { ...about, unseen: answeredFields(resource).map(([field]) => field).filter((field) => !shown.includes(field)).toSorted(), exchanges }
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
