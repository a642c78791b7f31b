import { consentRoutes, guarded, ok, route, type SandboxVendor } from '#kit'
import { oauth } from './oauth.ts'
import { complaint, gate, refused, stranger } from './sandbox/access.ts'
import { directoryRoutes } from './sandbox/directory.ts'
import { fileOf, fileRoutes } from './sandbox/files.ts'
import { issueRoutes, noSummary, staleToken } from './sandbox/issues.ts'
import { ADMIN, grow, newFile, newNote, stamp, type IssueRow, type JiraWorld } from './sandbox/world.ts'

/** The site at its own address, and at the gateway where apps find it. */
const site = [...issueRoutes, ...fileRoutes, ...directoryRoutes]
const CLOUD = '1324a887-45db-1bf4-1e99-ef0ff456d421'

const notes = ({ comments }: JiraWorld, rows: readonly IssueRow[]): string[] => rows.flatMap(({ id }) => comments.get(id) ?? []).map(({ id }) => id)
const files = (rows: readonly IssueRow[]): string[] => rows.flatMap(({ fields }) => fields.attachment).map((file) => (file as { id: string }).id)
const named = ({ schemes, projects }: JiraWorld): number => projects.reduce((sum, { scheme }) => sum + schemes[scheme]!.permissions.filter(({ permission, holder }) => permission === 'BROWSE_PROJECTS' && ['group', 'user'].includes(holder?.type ?? '')).length, 0)

const seers = ({ members, issues }: JiraWorld): number => issues.filter(({ fields }) => fields['security'] !== null).length * members.filter(({ holder }) => ['group', 'user'].includes(holder?.type ?? '')).length

/** A company's Jira Cloud site, as an administrator's token sees it. */
export const sandbox: SandboxVendor<JiraWorld> = {
  link: () => ({ setup: { site: 'acme' }, credentials: { email: ADMIN.email, api_token: ADMIN.token } }),
  grow,
  counts: (world) => ({
    'ticketing.Ticket': world.issues.length, 'ticketing.Comment': notes(world, world.issues).length, 'ticketing.Attachment': files(world.issues).length,
    'ticketing.User': world.people.filter(({ hidden, accountType }) => !hidden && accountType !== 'customer').length, 'ticketing.Contact': world.people.filter(({ accountType }) => accountType === 'customer').length,
    'ticketing.Collection': world.projects.length, 'ticketing.Project': world.projects.length, 'ticketing.Viewer': named(world) + seers(world), 'ticketing.Team': world.groups.length, 'ticketing.Role': world.roles.length, 'ticketing.Tag': world.labels.length,
  }),
  secrets: () => [],
  change(world, at) {
    const [first, last] = [world.issues[0]!, world.issues.at(-1)!]
    Object.assign(first.fields, { summary: 'Changed in the box', updated: stamp(at) })
    world.comments.get(last.id)!.push(newNote(world, 'A new remark', at))
    last.fields.attachment.push(newFile(world, at))
    last.fields.updated = stamp(at)
    const changed = [first, last]
    return { 'ticketing.Ticket': changed.map(({ id }) => id), 'ticketing.Comment': notes(world, changed), 'ticketing.Attachment': files(changed) }
  },
  remove(world) {
    const place = world.issues.findIndex((row, n) => n > 20 && row.fields.attachment.length > 0 && notes(world, [row]).length > 0)
    const gone = world.issues.splice(place, 1)
    return { 'ticketing.Ticket': gone.map(({ id }) => id), 'ticketing.Comment': notes(world, gone), 'ticketing.Attachment': files(gone) }
  },
  fileOf,
  troubles: [
    { what: 'a wrong token', answer: refused, means: 'upstream.unauthorized' },
    { what: 'a token that ran out, where strangers may read', answer: stranger({ issues: [], isLast: true }), means: 'upstream.unauthorized' },
    { what: 'too many failed logins', answer: { status: 403, headers: { 'x-seraph-loginreason': 'AUTHENTICATION_DENIED' }, body: '' }, means: 'upstream.unauthorized' },
    { what: 'a scope that was not consented to', answer: { status: 401, body: { code: 401, message: 'Unauthorized; scope does not match' } }, means: 'upstream.forbidden' },
    { what: 'what only administrators may see', answer: complaint(403, ['You are not authorized to perform this action. Administrator privileges are required.']), means: 'upstream.forbidden' },
    { what: 'an issue without a summary', answer: noSummary, means: 'upstream.rejected' },
    { what: 'a place in a search that was forgotten', answer: staleToken, means: 'upstream.cursor_gone' },
    { what: 'a list of people that took too long', answer: complaint(409, ['The request took longer than 10 seconds.']), means: 'upstream.unavailable' },
    { what: 'too many requests in a second', answer: { status: 429, headers: { 'retry-after': '23', 'x-ratelimit-remaining': '0', 'ratelimit-reason': 'jira-burst-based' }, body: complaint(429, ['Rate limit exceeded.']).body }, means: 'upstream.rate_limited', waitSeconds: 23, meter: { docs: 'https://developer.atlassian.com/cloud/jira/platform/rate-limiting/', count: 100, perSeconds: 1 } },
  ],
  routes: [
    ...consentRoutes<JiraWorld>({ oauth, setup: { site: 'acme' }, client: { id: 'box-client', secret: 'box-client-secret' }, desk: ({ desk }) => desk, lifetimeSeconds: 3600 }),
    ...guarded<JiraWorld>(gate, [
      ...site,
      ...site.map((inner) => ({ ...inner, path: `/ex/jira/${CLOUD}${inner.path}` })),
      route('GET', '/oauth/token/accessible-resources', () => ok([{ id: CLOUD, url: 'https://acme.atlassian.net', name: 'acme', scopes: Object.keys(oauth.scopes), avatarUrl: 'https://site-admin-avatar-cdn.example.net/rocket.png' }])),
    ]),
  ],
  otherwise: { status: 404, body: { message: 'null for uri: /rest/api/3', 'status-code': 404 } },
}
