/** What is kept beside the body because it is served only where it is asked for: the vendor's own words, and sensitive fields. */
import { sensitiveFields, type CommonModel } from '#models'

interface Aside {
  readonly origins?: Readonly<Record<string, unknown>>
  readonly sensitive?: Readonly<Record<string, unknown>>
}

/** What a caller asked for of it. */
export interface AsideWanted { readonly origins: readonly string[]; readonly sensitive: boolean }
export const NOTHING_ASIDE: AsideWanted = { origins: [], sensitive: false }

/** Asked of each record, and always the same. */
const sensitiveOf = new WeakMap<CommonModel, readonly string[]>()
function namesOf(model: CommonModel): readonly string[] {
  let names = sensitiveOf.get(model)
  if (names === undefined) sensitiveOf.set(model, names = sensitiveFields(model.schema))
  return names
}

/** Takes the sensitive values out of the fields, and gives the text of what is kept beside them; null where that is nothing. */
export function putAside(model: CommonModel, fields: Record<string, unknown>, origins: Readonly<Record<string, unknown>>): string | null {
  const sensitive: Record<string, unknown> = {}
  for (const field of namesOf(model)) {
    if (fields[field] === null || fields[field] === undefined) continue
    sensitive[field] = fields[field]
    fields[field] = null
  }
  const aside: Aside = { ...(Object.keys(origins).length > 0 && { origins }), ...(Object.keys(sensitive).length > 0 && { sensitive }) }
  return Object.keys(aside).length === 0 ? null : JSON.stringify(aside)
}

/** The body with what was asked for in its place. Parsed only where there is something to put in. */
export function withAside(body: string, text: string | null, { origins, sensitive }: AsideWanted): string {
  if (text === null || (origins.length === 0 && !sensitive)) return body
  const aside = JSON.parse(text) as Aside
  const words = Object.fromEntries(Object.entries(aside.origins ?? {}).filter(([field]) => origins.includes(field)))
  const added = { ...words, ...(sensitive && aside.sensitive) }
  return Object.keys(added).length === 0 ? body : JSON.stringify({ ...(JSON.parse(body) as object), ...added })
}

/** The fields whose values beside the body are others than before. */
export function asideDiffering(before: string | null, after: string | null): string[] {
  if (before === after) return []
  const [old, now] = [before, after].map((text) => { const { origins, sensitive } = (text === null ? {} : JSON.parse(text)) as Aside; return new Map([...Object.entries(origins ?? {}), ...Object.entries(sensitive ?? {})]) }) as [Map<string, unknown>, Map<string, unknown>]
  return [...new Set([...old.keys(), ...now.keys()])].filter((field) => JSON.stringify(old.get(field)) !== JSON.stringify(now.get(field)))
}
