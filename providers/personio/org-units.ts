import { id, type Lookup, type Query } from '#kit'
import type { CursorPage, Entity } from './vendor.ts'

interface OrgUnit { readonly id: number | string; readonly name: string; readonly parent_id?: number | string | null }
export type OrgUnits = { departments: OrgUnit; teams: OrgUnit }
export type Placed = Entity & { readonly parent: string | null }

/** What departments and teams are part of is in version 2 alone, in a list in beta, which wants to hear that one knows that. https://developer.personio.de/reference/listorgunits */
const unitsOf = (type: 'department' | 'team'): Lookup<OrgUnit> => ({
  ask: () => ({ path: '/v2/org-units', query: { type, limit: 100 } satisfies Query, headers: { beta: 'true' } }),
  entries: (body) => (body as CursorPage<OrgUnit>)._data.map((unit) => [String(unit.id), unit]),
  next(body) {
    const { href } = (body as CursorPage<OrgUnit>)._meta?.links?.next ?? {}
    const cursor = href === undefined ? null : new URL(href).searchParams.get('cursor')
    return cursor === null ? null : { cursor }
  },
  // Older credentials lack the right, and some companies the list: what is known without it is worth reading.
  withheld: 'is_empty',
})
export const orgUnits = { departments: unitsOf('department'), teams: unitsOf('team') }

/** Nothing says that both versions number alike: a unit is taken for ours where it is called the same, too. */
export function placed(entity: Entity, { departments, teams }: { readonly [K in keyof OrgUnits]: ReadonlyMap<string, OrgUnit> }): Placed {
  const units = entity.type === 'Department' ? departments : entity.type === 'Team' ? teams : null
  const unit = units?.get(String(entity.attributes.id))
  const parent = id(unit?.parent_id)
  return { ...entity, parent: unit?.name === entity.attributes.name && parent !== null && units!.has(parent) ? parent : null }
}
