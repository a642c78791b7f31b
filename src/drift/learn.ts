import { intArray, textArray } from '../db/arrays.ts'
import type { Client } from '../db/client.ts'
import { emptyShape, observe, type Drift, type Shape } from './shape.ts'

export interface Lesson {
  readonly organizationId: string
  readonly linkedAccountId: string
  readonly model: string
  /** What the payloads were read under, see `payload_shapes`. */
  readonly basis: string
  /** The first read is over: what is new is news. */
  readonly settled: boolean
}

/** Of a page's new and changed payloads so many are looked at, while the model is learnt and afterwards. Their places are spread over the page. */
const WHILE_LEARNING = 20
const AFTERWARDS = 5

/**
 * Learn from the payloads of a page that are new or changed, in the page's transaction and under the model's lease: nobody else writes these lines.
 * Payloads that have not changed have no new shape, so they cost nothing. Gives what was found for the first time.
 */
export async function learnShapes(client: Client, lesson: Lesson, payloads: readonly string[]): Promise<Drift[]> {
  if (payloads.length === 0) return []
  const { organizationId, linkedAccountId, model, basis, settled } = lesson
  const { rows: [known] } = await client.query<{ basis: string; shape: string }>({
    name: 'payload_shape', text: 'select basis, shape from payload_shapes where linked_account_id = $1 and model = $2', values: [linkedAccountId, model],
  })
  const isKnown = known?.basis === basis
  if (known !== undefined && !isKnown) await client.query('delete from drift where linked_account_id = $1 and model = $2', [linkedAccountId, model])
  const shape = isKnown ? JSON.parse(known.shape) as Shape : emptyShape()
  const seen = spread(payloads, isKnown && settled ? AFTERWARDS : WHILE_LEARNING).map((payload) => observe(shape, JSON.parse(payload), settled))
  await client.query({
    name: 'keep_payload_shape',
    text: `insert into payload_shapes (linked_account_id, model, organization_id, basis, shape) values ($1, $2, $3, $4, $5)
           on conflict (linked_account_id, model) do update set basis = excluded.basis, shape = excluded.shape`,
    values: [linkedAccountId, model, organizationId, basis, JSON.stringify(shape)],
  })
  const forgotten = seen.flatMap((one) => one.forgotten)
  const found = await noteDrift(client, lesson, seen.flatMap((one) => one.drift).filter(({ path }) => !isBelow(path, forgotten)))
  if (forgotten.length > 0) {
    await client.query(`delete from drift d using unnest($3::text[]) f(path) where d.linked_account_id = $1 and d.model = $2 and (d.path = f.path or starts_with(d.path, f.path || '.') or starts_with(d.path, f.path || '[]'))`, [linkedAccountId, model, textArray(forgotten)])
  }
  return found
}

async function noteDrift(client: Client, { organizationId, linkedAccountId, model }: Lesson, drift: readonly Drift[]): Promise<Drift[]> {
  const counted = [...Map.groupBy(drift, ({ what, path, after }) => `${what} ${path} ${after}`).values()].map((same) => ({ ...same[0]!, times: same.length }))
  if (counted.length === 0) return []
  const { rows } = await client.query<Drift & { is_new: boolean }>({
    name: 'note_drift',
    text: `insert into drift as known (linked_account_id, organization_id, model, what, path, type_before, type_after, times)
           select $1, $2, $3, n.what, n.path, n.before, n.after, n.times from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::int4[]) n(what, path, before, after, times)
           on conflict (linked_account_id, model, what, path, type_after) do update set times = known.times + excluded.times, last_seen_at = now()
           returning what, path, type_before as before, type_after as after, xmax = 0 as is_new`,
    values: [linkedAccountId, organizationId, model, ...(['what', 'path', 'before', 'after'] as const).map((part) => textArray(counted.map((one) => one[part]))), intArray(counted.map(({ times }) => times))],
  })
  return rows.filter((row) => row.is_new).map(({ what, path, before, after }) => ({ what, path, before, after }))
}

const isBelow = (path: string, places: readonly string[]): boolean => places.some((place) => path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[]`))

/** At most so many, from the first to the last, at equal distances. */
function spread<T>(all: readonly T[], most: number): T[] {
  return all.length <= most ? [...all] : Array.from({ length: most }, (_, n) => all[Math.round((n * (all.length - 1)) / (most - 1))]!)
}
