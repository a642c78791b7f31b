/** What payloads look like: which fields, of which types, how often. Names and counts only; no value is ever in it. */

const TYPES = ['null', 'boolean', 'number', 'string', 'object', 'list'] as const
export type JsonType = (typeof TYPES)[number]

export interface Shape {
  readonly seen: { [T in JsonType]?: number }
  /** The fields of an object by name. `[]`: the items of a list. `*`: what lies under keys that are no names. */
  inside?: Record<string, Shape>
  /** How many objects had been seen when the field came up first. */
  from?: number
  /** In how many objects in a row, up to the last, the field is missing. */
  missing?: number
  /** Its keys are data: only those in `inside` are names. */
  isMap?: true
  /** It was not there when its object was learnt; the type that it came with. */
  isNew?: JsonType
  /** Types that it did not have when it was learnt. */
  odd?: JsonType[]
}

/** A field that is no longer as it was learnt. */
export interface Drift {
  readonly what: 'new_field' | 'lost_field' | 'retyped_field'
  readonly path: string
  readonly before: string
  readonly after: string
}

export interface Observed {
  readonly drift: readonly Drift[]
  /** Names that turned out to be data. What was said of them is to be forgotten. */
  readonly forgotten: readonly string[]
}

/** An object is learnt, and a type is sure, after so many; a field that most objects had is lost after so many without it. */
const LEARNT = 50
const SURE = 10
const LOST_AFTER = 50
const USUAL = 0.9

/** Bounds of what is kept of a model, and of what is looked at in one payload. */
export const MOST_FIELDS = 1_000
const MOST_KEYS = 500
const DEEPEST = 8
const LONGEST_PATH = 300
const LOOKED_AT = 3

/** An object with this many names, most of which came up once, is a map. */
const MAP_FROM = 20
const MAP_VISITS = 5

export const emptyShape = (): Shape => ({ seen: {} })

interface Walk { readonly settled: boolean; readonly drift: Drift[]; readonly forgotten: string[]; readonly root: Shape; /** Counted where it is needed: a shape that is known gets no new fields. */ fields: number | null }

/** Look at one payload: `shape` learns from it, and what does not fit is told. `settled`: what is new is news. */
export function observe(shape: Shape, payload: unknown, settled: boolean): Observed {
  const walk: Walk = { settled, drift: [], forgotten: [], root: shape, fields: null }
  visit(walk, shape, payload, '', 0)
  return walk
}

export const fieldsIn = ({ inside = {} }: Shape): number => Object.values(inside).reduce((sum, child) => sum + 1 + fieldsIn(child), 0)

function visit(walk: Walk, shape: Shape, value: unknown, path: string, depth: number): void {
  const type = typeOf(value)
  if (type !== 'null' && shape.seen[type] === undefined && walk.settled && timesOf(shape) - (shape.seen.null ?? 0) >= SURE) (shape.odd ??= []).push(type)
  if (shape.odd?.includes(type) === true) walk.drift.push({ what: 'retyped_field', path, before: typesOf(shape), after: type })
  shape.seen[type] = (shape.seen[type] ?? 0) + 1
  if (depth >= DEEPEST || path.length > LONGEST_PATH) return
  if (type === 'object') enter(walk, shape, value as Readonly<Record<string, unknown>>, path, depth)
  if (type === 'list') for (const item of (value as readonly unknown[]).slice(0, LOOKED_AT)) {
    const items = childOf(walk, shape, '[]')
    if (items !== null) visit(walk, items, item, `${path}[]`, depth + 1)
  }
}

function enter(walk: Walk, shape: Shape, object: Readonly<Record<string, unknown>>, path: string, depth: number): void {
  const visits = shape.seen.object!
  const keys = Object.keys(object)
  if (keys.length > MOST_KEYS) becomeMap(walk, shape, path)
  const present = new Set<string>()
  let unnamed = 0
  for (const key of keys) {
    const name = isKnown(shape, key) || (shape.isMap !== true && isName(key)) ? key : '*'
    if (name === '*' && ++unnamed > LOOKED_AT) continue
    const isFirst = !isKnown(shape, name)
    const child = childOf(walk, shape, name)
    if (child === null) continue
    if (isFirst && visits > 1) child.from = visits - 1
    if (isFirst && name !== '*' && walk.settled && visits > LEARNT) child.isNew = typeOf(object[key])
    present.add(name)
    visit(walk, child, object[key], below(path, name), depth + 1)
    if (child.isNew !== undefined) walk.drift.push({ what: 'new_field', path: below(path, name), before: '', after: child.isNew })
  }
  for (const [name, child] of Object.entries(shape.inside ?? {})) {
    if (present.has(name)) { if (child.missing !== undefined) child.missing = 0 }
    else if (name !== '*' && name !== '[]') {
      child.missing = (child.missing ?? 0) + 1
      if (walk.settled && isLost(child, visits)) walk.drift.push({ what: 'lost_field', path: below(path, name), before: typesOf(child), after: '' })
    }
  }
  if (shape.isMap !== true && looksLikeMap(shape, visits)) becomeMap(walk, shape, path)
}

/** It was in nearly every object for long, and then in none for long. A field that comes and goes is never called lost. */
function isLost(child: Shape, visits: number): boolean {
  const { missing = 0, from = 0 } = child
  const times = timesOf(child)
  return missing >= LOST_AFTER && times >= LEARNT && times >= USUAL * (visits - from - missing)
}

function looksLikeMap({ inside = {} }: Shape, visits: number): boolean {
  if (visits < MAP_VISITS) return false
  const children = Object.values(inside)
  return children.length >= MAP_FROM && children.filter((child) => timesOf(child) === 1).length > children.length / 2
}

/** Names that come up again and again stay; the rest was data, and is not kept. */
function becomeMap(walk: Walk, shape: Shape, path: string): void {
  if (shape.isMap === true) return
  shape.isMap = true
  walk.fields = null
  const visits = shape.seen.object!
  for (const [name, child] of Object.entries(shape.inside ?? {})) {
    if (name === '*' || name === '[]' || timesOf(child) >= Math.max(2, visits / 10)) continue
    walk.forgotten.push(below(path, name))
    // oxlint-disable-next-line typescript/no-dynamic-delete
    delete shape.inside![name]
  }
}

/** Null: the model has as many fields as are kept. */
function childOf(walk: Walk, shape: Shape, name: string): Shape | null {
  const inside = (shape.inside ??= {})
  if (!isKnown(shape, name)) {
    walk.fields ??= fieldsIn(walk.root)
    if (walk.fields >= MOST_FIELDS) return null
    walk.fields += 1
    inside[name] = emptyShape()
  }
  return inside[name]!
}

/** Names of fields look like identifiers. Ids, dates, addresses and people's names as keys do not, and are data. */
export function isName(key: string): boolean {
  return /^[A-Za-z_$@][\w$:@.-]{0,63}$/.test(key) && !/^(?=.*[\d-])[0-9a-f-]{16,}$/i.test(key) && !/^(?=.*\d)[A-Za-z0-9]{18,}$/.test(key) && (key.startsWith('@') || !/[@.]/.test(key)) && key !== '__proto__'
}

const isKnown = ({ inside }: Shape, name: string): boolean => inside !== undefined && Object.hasOwn(inside, name)
const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
const typeOf = (value: unknown): JsonType => (value === null || value === undefined ? 'null' : Array.isArray(value) ? 'list' : typeof value as JsonType)
const timesOf = ({ seen }: Shape): number => TYPES.reduce((sum, type) => sum + (seen[type] ?? 0), 0)

/** The types that it was learnt with; "null" only where it never had another. */
function typesOf({ seen, odd = [] }: Shape): string {
  const learnt = TYPES.filter((type) => seen[type] !== undefined && !odd.includes(type))
  return (learnt.length > 1 ? learnt.filter((type) => type !== 'null') : learnt).join(', ')
}
