import { notOffered, present, prose, said, str, word, type FieldClass, type Later, type Looked } from '#kit'
import { Ticket } from '#models/ticketing/ticket'
import type { RecordOf } from '#models'
import { attachmentsOf, writingAsks, writings } from '../attachments.ts'
import { objectRead, type ObjectResource } from '../objects.ts'
import { ownersByUser } from '../owners.ts'
import { stagesOf, stateOf } from '../pipelines.ts'
import { optionsOf, ownProperties } from '../properties.ts'
import { sharedWith, sharing, type Shared } from '../sharing.ts'
import { first, moment, recordUrl, remoteFields, split, type Row, type Stage } from '../vendor.ts'

const columns = ['subject', 'content', 'hs_pipeline', 'hs_pipeline_stage', 'hs_ticket_priority', 'hs_ticket_category', 'hubspot_owner_id', 'hubspot_team_id', 'hs_created_by_user_id', 'hs_time_to_close_sla_at', 'closed_date', 'createdate', 'hs_lastmodifieddate', ...sharing] as const
type P = (typeof columns)[number]

interface Named {
  readonly stage: { readonly label: string; readonly state: string | null } | null
  readonly categories: readonly string[]
  /** The owner that the creator is, where it was a person with a login. */
  readonly creator: string | null
  readonly shared: Shared
  readonly attachments: readonly string[]
}
type Tables = { tickets: FieldClass; stages: Stage; categories: string; owners: string; formerOwners: string }

export const priorityWords = { LOW: 'LOW', MEDIUM: 'NORMAL', HIGH: 'HIGH', URGENT: 'URGENT' }
const stateWords: Readonly<Record<string, string>> = { OPEN: 'OPEN', CLOSED: 'CLOSED' }

const named = (row: Row<P>, lookups: Looked<Tables>, later: readonly Later<unknown>[]): Named => {
  const { properties: p } = row
  const { stages, categories, owners, formerOwners } = lookups
  const stage = stages.get(p.hs_pipeline_stage ?? '')
  const user = p.hs_created_by_user_id ?? ''
  return { stage: stage === undefined ? null : { label: stage.label, state: stateOf(stage) }, categories: split(p.hs_ticket_category).map((value) => categories.get(value) ?? value), creator: owners.get(user) ?? formerOwners.get(user) ?? null, shared: sharedWith(p, lookups), attachments: attachmentsOf(row, later) }
}

/** What HubSpot's page on sharing says: whoever it is shared with sees it, and does with it what their rights are. */
const rules = ({ users, teams }: Shared): NonNullable<RecordOf<typeof Ticket>['permissions']> =>
  (users.length + teams.length === 0 ? [] : [{ remote_id: null, effect: 'ALLOWED', actions: ['VIEW'], applied_to_users: [...users], applied_to_roles: [], applied_to_teams: [...teams], applied_to_collections: [] }])

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/tickets/guide */
export const ticket: ObjectResource<typeof Ticket, typeof columns, Named, Tables> = {
  model: Ticket,
  version: 1,
  read: objectRead<P, Named, Tables>({ objects: ['tickets'], columns, to: ['contacts', 'companies', ...writings], lookups: { tickets: ownProperties('tickets'), stages: stagesOf('tickets'), categories: optionsOf('tickets', 'hs_ticket_category'), owners: ownersByUser(false), formerOwners: ownersByUser(true) }, afterwards: writingAsks, also: (row, looked, _beside, later) => [named(row, looked, later)] }),
  identity: { remoteId: (row) => str(row.id) },
  fields: {
    name: ({ properties: p }) => prose(p.subject),
    assignees: ({ properties: p }) => present([str(p.hubspot_owner_id)]),
    assigned_teams: ({ properties: p }) => present([str(p.hubspot_team_id)]),
    creator: (row) => str(row.creator),
    // The promise of a service level: HubSpot has no other date for a ticket.
    due_date: ({ properties: p }) => moment(p.hs_time_to_close_sla_at),
    // Stages are the end customer's own; each says whether it is open or closed.
    status: ({ stage, properties: p }) => { const state = str(stage?.state); return state === null ? str(stage?.label) ?? str(p.hs_pipeline_stage) : said(stateWords[state] ?? state, stage?.label) },
    description: ({ properties: p }) => prose(p.content),
    collections: ({ properties: p }) => present([str(p.hs_pipeline)]),
    ticket_type: notOffered,
    account: (row) => first(row, 'companies'),
    contact: (row) => first(row, 'contacts'),
    parent_ticket: notOffered,
    attachments: (row) => present((Array.isArray(row.attachments) ? row.attachments : []).map(str)),
    access_level: notOffered,
    permissions: ({ shared }) => rules({ users: shared?.users ?? [], teams: shared?.teams ?? [] }),
    tags: (row) => present((Array.isArray(row.categories) ? row.categories : []).map(str)),
    roles: notOffered,
    ticket_url: (row, context) => recordUrl('0-5', row, context),
    priority: ({ properties: p }) => word(priorityWords, p.hs_ticket_priority),
    remote_created_at: ({ properties: p }) => moment(p.createdate),
    remote_updated_at: ({ properties: p }) => moment(p.hs_lastmodifieddate),
    completed_at: ({ properties: p }) => moment(p.closed_date),
  },
  remoteFields,
  fieldClasses: 'tickets',
}
