/** What a vendor once answered, on record in its folder, and what its adapter makes of that. */
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { notOffered, type AnyResource, type MapContext, type Send } from '#kit'
import { Fault } from '#src/errors'
import { createMemory } from '#src/sync/lookups'
import { readPage, type VendorPage } from '#src/sync/pages'
import { firstPlace } from '#src/sync/place'
import { mapRow, type Mapped } from '#src/sync/map'
import type { Place } from '#src/sync/run'
import { follows } from './recorder.ts'

export interface Exchange {
  readonly request: { readonly method: string; readonly path: string; readonly query?: Readonly<Record<string, string>>; readonly body?: unknown }
  readonly response: { readonly status: number; readonly body: unknown }
}

export interface Fixture {
  readonly origin: 'recorded' | 'spec'
  readonly system: string
  readonly recordedOn?: string
  readonly model: string
  /** What the account told, where reads depend on it. */
  readonly setup?: Readonly<Record<string, string>>
  /** Fields that the adapter answers and this fixture leaves empty. */
  readonly unseen?: readonly string[]
  /** How many pages are on record, for lists in segments that are unlike; one where it does not say. */
  readonly pages?: number
  readonly exchanges: readonly Exchange[]
}

/** Everybody's address in mapped fixtures: the account's own is nobody's business. */
export const FIXTURE_BASE_URL = 'https://vendor.example.com'

/** The fixtures of a provider, each in a file of its model's name. `providersFolder` ends with a slash. */
export const fixturesOf = (providersFolder: string, slug: string): readonly Fixture[] => globSync(`${providersFolder}${slug}/fixtures/*.json`).sort().map((file) => {
  const fixture = JSON.parse(readFileSync(file, 'utf8')) as Fixture
  if (basename(file) !== `${fixture.model}.json`) throw new Error(`${file} is of ${fixture.model}: name it so`)
  return fixture
})

/** What the vendor once answered to the same question; where a path was asked more than once, in that order. */
export function replay(fixture: Fixture): Send {
  const left = [...fixture.exchanges]
  return async ({ method, path, body }) => {
    const asked = left.filter(({ request }) => request.method === method && request.path === path)
    const exchange = asked.find(({ request }) => body !== undefined && JSON.stringify(request.body) === JSON.stringify(body)) ?? asked[0]
    if (exchange === undefined) throw new Error(`${method} ${path} was not recorded${fixture.exchanges.some(({ request }) => request.path === path) ? ' that often' : ''}`)
    left.splice(left.indexOf(exchange), 1)
    if (exchange.response.status === 404) throw new Fault('upstream.not_found')
    if (exchange.response.status === 403) throw new Fault('upstream.forbidden')
    return { status: exchange.response.status, headers: new Headers(), body: structuredClone(exchange.response.body), logId: 'recorded' }
  }
}

export async function rowsOf(resource: AnyResource, fixture: Fixture): Promise<readonly unknown[]> {
  const [send, memory, rows] = [replay(fixture), createMemory(), [] as unknown[]]
  let place: Place | null = firstPlace(resource)
  for (let page = 0; page < (fixture.pages ?? 1) && place !== null; page += 1) {
    const read: VendorPage = await readPage(resource, send, { since: null, place, setup: fixture.setup ?? {}, memory })
    rows.push(...read.rows.map(({ row }) => row))
    place = read.next
  }
  return rows
}

export const mapped = (resource: AnyResource, fixture: Fixture, row: unknown): Mapped =>
  mapRow(resource, row, { linkedAccountId: '00000000-0000-8000-8000-000000000001', baseUrl: FIXTURE_BASE_URL, setup: fixture.setup ?? {} })

export const isEmpty = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0)
/** Also where the value is kept beside the body, as sensitive ones are. */
export const fills = ({ fields, aside }: Mapped, field: string): boolean =>
  !isEmpty(fields[field]) || (aside !== null && (JSON.parse(aside) as { sensitive?: Readonly<Record<string, unknown>> }).sensitive?.[field] !== undefined)
type Reader = (row: unknown, context: MapContext) => unknown
export const answeredFields = (resource: AnyResource): readonly (readonly [string, Reader])[] => Object.entries(resource.fields as Readonly<Record<string, Reader | typeof notOffered>>).filter((entry): entry is [string, Reader] => entry[1] !== notOffered)

/** The fields that count as covered: some row of the fixture fills them, and they follow what the row says. */
export async function shownFields(resource: AnyResource, fixture: Fixture): Promise<readonly string[]> {
  const rows = await rowsOf(resource, fixture)
  const records = rows.map((row) => mapped(resource, fixture, row))
  const context: MapContext = { baseUrl: FIXTURE_BASE_URL, setup: fixture.setup ?? {} }
  return answeredFields(resource).filter(([field, read]) => records.some((record) => fills(record, field)) && follows(rows, (row) => read(row, context))).map(([field]) => field)
}
