/** Tickets name their stage, their categories and their people by ids: what those are is looked up and goes into the row. */
import type { FieldClass, Later, Looked } from '#kit'
import { attachmentsOf, writingAsks, writings } from './attachments.ts'
import { objectRead } from './objects.ts'
import { ownersByUser } from './owners.ts'
import { stagesOf, stateOf } from './pipelines.ts'
import { optionsOf, ownProperties } from './properties.ts'
import { sharedWith, sharing, type Shared } from './sharing.ts'
import { split, type Row, type Stage } from './vendor.ts'

const columns = ['subject', 'content', 'hs_pipeline', 'hs_pipeline_stage', 'hs_ticket_priority', 'hs_ticket_category', 'hubspot_owner_id', 'hubspot_team_id', 'hs_created_by_user_id', 'hs_time_to_close_sla_at', 'closed_date', 'createdate', 'hs_lastmodifieddate', ...sharing] as const
export type TicketColumns = typeof columns
type P = TicketColumns[number]

export interface Named {
  readonly stage: { readonly label: string; readonly state: string | null } | null
  readonly categories: readonly string[]
  /** The owner that the creator is, where it was a person with a login. */
  readonly creator: string | null
  readonly shared: Shared
  readonly attachments: readonly string[]
}
export type Tables = { tickets: FieldClass; stages: Stage; categories: string; owners: string; formerOwners: string }

const named = (row: Row<P>, lookups: Looked<Tables>, later: readonly Later<unknown>[]): Named => {
  const { properties: p } = row
  const { stages, categories, owners, formerOwners } = lookups
  const stage = stages.get(p.hs_pipeline_stage ?? '')
  const user = p.hs_created_by_user_id ?? ''
  return {
    stage: stage === undefined ? null : { label: stage.label, state: stateOf(stage) }, categories: split(p.hs_ticket_category).map((value) => categories.get(value) ?? value),
    creator: owners.get(user) ?? formerOwners.get(user) ?? null, shared: sharedWith(p, lookups), attachments: attachmentsOf(row, later),
  }
}

export const ticketRead = objectRead<P, Named, Tables>({
  objects: ['tickets'], columns, to: ['contacts', 'companies', ...writings], afterwards: writingAsks,
  lookups: { tickets: ownProperties('tickets'), stages: stagesOf('tickets'), categories: optionsOf('tickets', 'hs_ticket_category'), owners: ownersByUser(false), formerOwners: ownersByUser(true) },
  also: (row, looked, _beside, later) => [named(row, looked, later)],
})
