/** Puts related records in the place of their ids, inside one account, a batch per path. What is not synced yet stays an id. */
import { fieldShape, type CommonModel } from '#models'
import { Fault } from '../errors.ts'
import type { Database } from '../db/client.ts'
import { presentRecord } from './present.ts'
import { findRecords, type Scope } from './query.ts'

export type Models = Readonly<Record<string, CommonModel>>
/** Which fields to expand, and what to expand inside them. */
export interface ExpandTree extends ReadonlyMap<string, ExpandTree> {}
type PlainRecord = Record<string, unknown>

const DEEPEST = 3
/** Related records per answer: a list inside a list inside a list multiplies. */
const MOST_OBJECTS = 50_000

const refuse = (detail: string): Fault => new Fault('request.invalid', { parameter: 'expand', detail })

/** The fields of a model that `expand` may name. Nested objects are there already; naming them, where allowed, does no harm. */
export const expandable = (model: CommonModel): string[] =>
  Object.entries(model.schema.properties).filter(([, schema]) => fieldShape(schema).expandable).map(([field]) => field)

/** `['assignees', 'creator.teams']` as a tree. Throws for what cannot be expanded. */
export function expandTree(models: Models, model: CommonModel, paths: readonly string[]): ExpandTree {
  const root = new Map<string, ExpandTree>()
  for (const path of paths) {
    const steps = path.split('.')
    if (steps.length > DEEPEST) throw refuse(`${JSON.stringify(path.slice(0, 200))} is deeper than ${DEEPEST} levels.`)
    let node = root
    let at: CommonModel | undefined = model
    for (const step of steps) {
      if (at === undefined || !expandable(at).includes(step)) {
        throw refuse(`${JSON.stringify(step.slice(0, 100))} cannot be expanded${at === undefined ? ' here' : ` on ${at.name}`}.${at === undefined ? '' : ` These can: ${expandable(at).join(', ') || 'none'}.`}`)
      }
      if (!node.has(step)) node.set(step, new Map())
      node = node.get(step) as Map<string, ExpandTree>
      const { relation } = fieldShape(at.schema.properties[step]!)
      at = relation === null ? undefined : models[relation]
    }
  }
  return root
}

/** The records, given as JSON text, with their relations expanded, as JSON text. */
export async function expandRecords(database: Database, scope: Scope, models: Models, model: CommonModel, records: readonly string[], tree: ExpandTree): Promise<string[]> {
  if (tree.size === 0 || records.length === 0) return [...records]
  const parsed = records.map((record) => JSON.parse(record) as PlainRecord)
  const weights = await expandInto(database, scope, models, model, parsed, tree)
  if (weights.reduce((sum, weight) => sum + weight, 0) > MOST_OBJECTS) throw refuse(`The answer would hold more than ${MOST_OBJECTS} related records. Ask for smaller pages, or expand less.`)
  return parsed.map((record) => JSON.stringify(record))
}

/** Expands in place. Gives for each record how many related records now hang below it. */
async function expandInto(database: Database, scope: Scope, models: Models, model: CommonModel, records: readonly PlainRecord[], tree: ExpandTree): Promise<number[]> {
  const weights = records.map(() => 0)
  for (const [field, below] of tree) {
    const { relation } = fieldShape(model.schema.properties[field]!)
    const target = relation === null ? undefined : models[relation]
    if (target === undefined) continue
    const ids = new Set(records.flatMap((record) => record[field]).filter((id) => typeof id === 'string'))
    // Each path has objects of its own: the same user may be expanded further in one place than in another.
    const found = (await findRecords(database, scope, target, [...ids])).map((row) => ({ id: row.id, record: JSON.parse(presentRecord(target, row)) as PlainRecord }))
    const inner = await expandInto(database, scope, models, target, found.map(({ record }) => record), below)
    const byId = new Map(found.map(({ id, record }, n) => [id, { record, weight: 1 + inner[n]! }]))
    records.forEach((record, n) => {
      const replace = (id: unknown): unknown => {
        const related = typeof id === 'string' ? byId.get(id) : undefined
        if (related !== undefined) weights[n]! += related.weight
        return related?.record ?? id
      }
      record[field] = Array.isArray(record[field]) ? record[field].map(replace) : replace(record[field])
    })
  }
  return weights
}
