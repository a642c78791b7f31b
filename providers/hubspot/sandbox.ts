import { consentRoutes, guarded, tokenOf, type SandboxVendor } from '#kit'
import type { ModelId } from '#models'
import { oauth } from './oauth.ts'
import { invalid, limited, missingScopes, notFound, problem, unauthorized } from './sandbox/answers.ts'
import { fileOf, fileRoutes } from './sandbox/files.ts'
import { archive, change, objectRoutes } from './sandbox/objects.ts'
import { settingsRoutes } from './sandbox/settings.ts'
import { filesOf, grow, ownerOf, type BoxObject, type HubspotWorld } from './sandbox/world.ts'

const GUIDELINES = 'https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines'
const TOKEN = 'pat-na1-5f0c1d2e-canary-4b6a-9c8d-7e6f5a4b3c2d'
type Ids = (row: BoxObject, isOnTicket: boolean) => string[]
const plain: Ids = ({ id }) => [id]
const prefixed = (object: string): Ids => ({ id }) => [`${object}-${id}`]
const comments = (object: string): Ids => ({ id }, isOnTicket) => (isOnTicket ? [`${object}-${id}`] : [])
const attachments = (object: string): Ids => (row, isOnTicket) => (isOnTicket ? filesOf(row).map((file) => `${object}-${row.id}:${file}`) : [])
const viewers: Ids = ({ id, properties: p }) => [...(p['hs_shared_user_ids']?.split(';') ?? []).map((user) => `${id}:user-${ownerOf(user)}`), ...(p['hs_shared_team_ids']?.split(';') ?? []).map((team) => `${id}:team-${team}`)]

/** What each object is read into, and what its users change. */
const objects: Readonly<Record<string, { readonly models: Readonly<Partial<Record<ModelId, Ids>>>; readonly changes: Readonly<Record<string, string>> }>> = {
  companies: { models: { 'crm.Account': plain, 'ticketing.Account': plain }, changes: { name: 'Changed in the sandbox' } },
  contacts: { models: { 'crm.Contact': plain, 'ticketing.Contact': plain }, changes: { lastname: 'Changed' } },
  deals: { models: { 'crm.Opportunity': plain }, changes: { dealname: 'Changed', amount: '7.5' } },
  leads: { models: { 'crm.Lead': plain }, changes: { hs_lead_is_qualified: 'true' } },
  notes: { models: { 'crm.Note': plain, 'ticketing.Comment': comments('notes'), 'ticketing.Attachment': attachments('notes') }, changes: { hs_note_body: 'Changed' } },
  tasks: { models: { 'crm.Task': plain }, changes: { hs_task_status: 'COMPLETED' } },
  calls: { models: { 'crm.Engagement': prefixed('calls') }, changes: { hs_call_body: 'Changed' } },
  emails: { models: { 'crm.Engagement': prefixed('emails'), 'ticketing.Comment': comments('emails'), 'ticketing.Attachment': attachments('emails') }, changes: { hs_email_text: 'Changed' } },
  meetings: { models: { 'crm.Engagement': prefixed('meetings') }, changes: { hs_meeting_body: 'Changed' } },
  tickets: { models: { 'ticketing.Ticket': plain, 'ticketing.Viewer': viewers }, changes: { hs_pipeline_stage: '4' } },
  '2-3453932': { models: { 'crm.CustomObject': prefixed('2-3453932') }, changes: { monthly_rent: '1' } },
  '2-3453933': { models: { 'crm.CustomObject': prefixed('2-3453933') }, changes: { site_name: 'Changed' } },
}
const onTicket = (world: HubspotWorld, object: string, { id }: BoxObject): boolean => (world.links.get(`${object}/${id}`) ?? []).some(({ to }) => to === 'tickets')

/** The records that rows of an object are read into. */
function recordsOf(world: HubspotWorld, object: string, rows: readonly BoxObject[]): Partial<Record<ModelId, string[]>> {
  return Object.fromEntries(Object.entries(objects[object]!.models).map(([model, idsOf]) => [model, rows.flatMap((row) => idsOf!(row, onTicket(world, object, row)))]))
}
function merged(all: readonly Partial<Record<ModelId, string[]>>[]): Partial<Record<ModelId, string[]>> {
  const out: Partial<Record<ModelId, string[]>> = {}
  for (const part of all) for (const [model, ids] of Object.entries(part) as [ModelId, string[]][]) out[model] = [...out[model] ?? [], ...ids]
  return out
}
const each = (world: HubspotWorld, act: (object: string, rows: BoxObject[]) => readonly BoxObject[]): Partial<Record<ModelId, string[]>> =>
  merged(Object.keys(objects).map((object) => recordsOf(world, object, act(object, world.objects.get(object) ?? []))))

/** A company's HubSpot, as a private app with all scopes sees it. */
export const sandbox: SandboxVendor<HubspotWorld> = {
  link: () => ({ setup: {}, credentials: { access_token: TOKEN } }),
  grow,
  counts(world) {
    const records = each(world, (_object, rows) => rows)
    const classes = new Set(world.schemas.map(({ objectTypeId }) => objectTypeId))
    return {
      ...Object.fromEntries(Object.entries(records).map(([model, ids]) => [model, ids?.length ?? 0])),
      'crm.User': world.owners.length, 'ticketing.User': world.owners.length, 'ticketing.Team': new Set(world.owners.flatMap(({ teams = [] }) => teams.map(({ id }) => id))).size,
      'crm.Stage': world.pipelines['deals']!.flatMap(({ stages }) => stages).length, 'ticketing.Collection': world.pipelines['tickets']!.length, 'ticketing.Tag': 4, 'ticketing.Role': world.permissionSets.length, 'crm.EngagementType': 3,
      'crm.CustomObjectClass': classes.size, 'crm.AssociationType': world.schemas.flatMap(({ objectTypeId, associations }) => associations.filter(({ fromObjectTypeId }) => fromObjectTypeId === objectTypeId)).length,
      'crm.Association': [...classes].flatMap((object) => (world.objects.get(object) ?? []).flatMap(({ id }) => (world.links.get(`${object}/${id}`) ?? []).flatMap(({ typeIds }) => typeIds))).length,
    }
  },
  fileOf,
  secrets: () => [],
  change: (world, at) => each(world, (object, rows) => {
    const some = [...new Set([rows[0]!, rows.at(-1)!])]
    for (const row of some) change(object, row, objects[object]!.changes, at)
    return some
  }),
  remove(world, at) {
    // What hangs on a custom object goes with it.
    const links = ['2-3453932', '2-3453933'].flatMap((object) => { const { id } = middle(world.objects.get(object)!); return (world.links.get(`${object}/${id}`) ?? []).flatMap((link) => link.typeIds.map((typeId) => `${object}-${id}:${link.to === 'companies' ? '0-2' : link.to}-${link.id}:${typeId}`)) })
    return {
      ...each(world, (object, rows) => {
        // The last e-mail is one on a ticket, and takes its files along.
        const gone = object === 'emails' ? rows.at(-1)! : middle(rows)
        archive(world, object, gone.id, at)
        for (const file of filesOf(gone)) world.files.delete(file)
        return [gone]
      }),
      'crm.Association': links,
    }
  },
  troubles: [
    { what: 'a token that is not good', answer: unauthorized, means: 'upstream.unauthorized' },
    { what: 'a scope that the app was not given', answer: missingScopes, means: 'upstream.forbidden' },
    { what: 'a property that does not exist', answer: invalid('Property values were not valid: Property "colour" does not exist', 'colour'), means: 'upstream.rejected' },
    { what: 'a contact that is there already', answer: problem(409, 'CONFLICT', 'Contact already exists. Existing ID: 51007'), means: 'upstream.rejected' },
    { what: 'a hundred requests in ten seconds', answer: limited('TEN_SECONDLY_ROLLING'), means: 'upstream.rate_limited', waitSeconds: 10, meter: { docs: GUIDELINES, count: 100, perSeconds: 10 } },
    { what: 'too many searches in a second', answer: limited(null), means: 'upstream.rate_limited', waitSeconds: 1, meter: { docs: 'https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm', count: 5, perSeconds: 1, counts: ({ path }) => Number(path.endsWith('/search')) } },
    { what: 'a day\'s requests', answer: limited('DAILY'), means: 'upstream.rate_limited', waitSeconds: 3_600, meter: { docs: GUIDELINES, count: 250_000, perSeconds: 86_400 } },
    { what: 'a batch of which a part failed', answer: { status: 207, body: { status: 'COMPLETE', results: [], numErrors: 1, startedAt: '2026-03-04T05:06:07.000Z', completedAt: '2026-03-04T05:06:07.120Z', errors: [{ status: 'error', category: 'INTERNAL_ERROR', message: 'internal error', context: {}, links: {}, errors: [] }] } }, means: 'upstream.unavailable' },
    { what: 'a record that is locked', answer: problem(423, 'LOCKED', 'Resource is locked'), means: 'upstream.rate_limited', waitSeconds: 2 },
    { what: 'an account on the move', answer: problem(477, 'MIGRATION_IN_PROGRESS', 'This account is being migrated', {}, { 'retry-after': '600' }), means: 'upstream.rate_limited', waitSeconds: 600 },
  ],
  routes: [
    ...consentRoutes<HubspotWorld>({ oauth, setup: {}, client: { id: 'hubspot-client', secret: 'hubspot-client-secret' }, desk: ({ desk }) => desk, lifetimeSeconds: 1_800 }),
    ...guarded<HubspotWorld>((request, { desk }) => { const token = tokenOf(request); return token === TOKEN || desk.isGood(token) ? null : unauthorized }, [...settingsRoutes, ...fileRoutes, ...objectRoutes]),
  ],
  otherwise: notFound('the address'),
}

const middle = (rows: readonly BoxObject[]): BoxObject => rows[rows.length >> 1]!
