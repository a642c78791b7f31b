import { consentRoutes, guarded, tokenOf, type SandboxVendor } from '#kit'
import { oauth } from './access.ts'
import { linkFields } from './classes.ts'
import { isDealing } from './activities.ts'
import { apiRoutes, refused, tokenRoute } from './sandbox/answers.ts'
import { grow } from './sandbox/grow.ts'
import { changeService, removeService, serviceCounts, twoOf } from './sandbox/census.ts'
import { fileOf, fileRoutes } from './sandbox/files.ts'
import { living, touch, type Stored, type World } from './sandbox/world.ts'

const ALLOCATIONS = 'https://developer.salesforce.com/docs/platform/salesforce-app-limits-cheatsheet/guide/salesforce-app-limits-platform-api.html'
const setup = { my_domain: 'acme' }
const client = { client_id: '3MVG9box.public', client_secret: 'canary-salesforce-secret-7F2C' }
const [authorize, token] = consentRoutes<World>({ oauth, setup, client: { id: client.client_id, secret: client.client_secret }, desk: ({ desk }) => desk, lifetimeSeconds: 7200, besides: ({ origin }) => ({ instance_url: origin }) })

const PLAIN = { 'crm.Account': 'Account', 'crm.Contact': 'Contact', 'crm.Lead': 'Lead', 'crm.Opportunity': 'Opportunity', 'crm.User': 'User', 'crm.CustomObject': 'Project__c' } as const
/** What both categories have of the same records. */
const SHARED = ['Account', 'Contact', 'User'] as const
const alsoTickets = <T>(found: Readonly<Record<string, T>>): Record<string, T> => ({ ...found, ...Object.fromEntries(SHARED.flatMap((name) => { const same = found[`crm.${name}`]; return same === undefined ? [] : [[`ticketing.${name}`, same]] })) })
const records = (world: World, object: string): Stored[] => living(world.tables.get(object))
const ids = (list: readonly Stored[]): string[] => list.map(({ Id }) => Id)
const isCall = (record: Stored): boolean => isDealing(record['TaskSubtype'])
const isCopy = (record: Stored): boolean => record['IsChild'] === true
const linksOf = (world: World, projects: readonly Stored[]): string[] => projects.flatMap((project) => linkFields(world.tables.get('Project__c')!.description).filter(({ name }) => project[name] !== null).map(({ name }) => `${project.Id}.${name}`))

const some = (world: World) => ({ tasks: twoOf(records(world, 'Task').filter((one) => !isCall(one))), calls: twoOf(records(world, 'Task').filter(isCall)), events: twoOf(records(world, 'Event').filter((one) => !isCopy(one))), notes: twoOf(records(world, 'Note')), enhanced: twoOf(records(world, 'ContentNote')) })

/** An org of sales and service, as a user who may see all of it sees it. */
export const sandbox: SandboxVendor<World> = {
  link: () => ({ setup, credentials: client }),
  grow,
  counts: (world) => ({
    ...alsoTickets(Object.fromEntries(Object.entries(PLAIN).map(([model, object]) => [model, records(world, object).length]))), ...serviceCounts(world),
    'crm.Stage': 6, 'crm.Task': records(world, 'Task').filter((one) => !isCall(one)).length, 'crm.Engagement': records(world, 'Task').filter(isCall).length + records(world, 'Event').filter((one) => !isCopy(one)).length,
    'crm.EngagementType': 4, 'crm.Note': records(world, 'Note').length + records(world, 'ContentNote').length, 'crm.CustomObjectClass': 1, 'crm.AssociationType': 4, 'crm.Association': linksOf(world, records(world, 'Project__c')).length,
  }),
  fileOf,
  secrets: () => [client.client_secret],
  endSessions: ({ desk }) => desk.endAll(),
  change(world, at) {
    const { tasks, calls, events, notes, enhanced } = some(world)
    const plain = Object.entries(PLAIN).map(([model, object]) => [model, twoOf(records(world, object))] as const)
    for (const record of [...plain.flatMap(([, list]) => list), ...tasks, ...calls, ...events, ...notes, ...enhanced]) touch(record, {}, at)
    return { ...alsoTickets(Object.fromEntries(plain.map(([model, list]) => [model, ids(list)]))), ...changeService(world, at), 'crm.Task': ids(tasks), 'crm.Engagement': ids([...calls, ...events]), 'crm.Note': ids([...notes, ...enhanced]), 'crm.Association': linksOf(world, twoOf(records(world, 'Project__c'))) }
  },
  remove(world, at) {
    const { tasks, calls, events, notes } = some(world)
    const plain = Object.entries(PLAIN).filter(([, object]) => object !== 'User').map(([model, object]) => [model, records(world, object)[4]!] as const)
    const links = linksOf(world, plain.filter(([model]) => model === 'crm.CustomObject').map(([, record]) => record))
    for (const record of [...plain.map(([, one]) => one), tasks[0]!, calls[0]!, events[0]!, notes[0]!]) touch(record, { IsDeleted: true }, at)
    return { ...alsoTickets(Object.fromEntries(plain.map(([model, { Id }]) => [model, [Id]]))), ...removeService(world, at), 'crm.Task': [tasks[0]!.Id], 'crm.Engagement': [calls[0]!.Id, events[0]!.Id], 'crm.Note': [notes[0]!.Id], 'crm.Association': links }
  },
  troubles: [
    { what: 'a session that ended', answer: refused(401, 'INVALID_SESSION_ID', 'Session expired or invalid'), means: 'upstream.unauthorized' },
    { what: 'an app that was switched off', answer: { status: 400, body: { error: 'invalid_client_id', error_description: 'client identifier invalid' } }, means: 'upstream.unauthorized' },
    { what: 'an edition without the API', answer: refused(403, 'API_DISABLED_FOR_ORG', 'The REST API is not enabled for this Organization.'), means: 'upstream.forbidden' },
    { what: 'an object that the user may not see', answer: refused(400, 'INVALID_TYPE', 'sObject type \'Opportunity\' is not supported.'), means: 'upstream.forbidden' },
    { what: 'a day\'s calls', answer: refused(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', undefined, { 'sforce-limit-info': 'api-usage=100000/100000' }), means: 'upstream.rate_limited', waitSeconds: 3_600, meter: { docs: ALLOCATIONS, count: 100_000, perSeconds: 86_400 } },
    { what: 'too many long requests at once', answer: refused(403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.', undefined, { 'sforce-limit-info': 'api-usage=18/100000' }), means: 'upstream.rate_limited', waitSeconds: 20, meter: { docs: ALLOCATIONS, count: 25, perSeconds: 'at_once' } },
    { what: 'a place in a list that was forgotten', answer: refused(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator'), means: 'upstream.cursor_gone' },
    { what: 'a query that took too long', answer: refused(400, 'QUERY_TIMEOUT', 'Your query request was running for too long.'), means: 'upstream.timed_out' },
    { what: 'a record that is being saved elsewhere', answer: refused(400, 'UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record', []), means: 'upstream.unavailable' },
    { what: 'a contact without a name', answer: refused(400, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', ['LastName']), means: 'upstream.rejected' },
  ],
  routes: [authorize!, tokenRoute(client, token!), ...guarded<World>((request, { desk }) => (desk.isGood(tokenOf(request)) ? null : refused(401, 'INVALID_SESSION_ID', 'Session expired or invalid')), [...fileRoutes, ...apiRoutes])],
  otherwise: refused(404, 'NOT_FOUND', 'The requested resource does not exist'),
}
