import { MergeClient } from '@mergeapi/merge-node-client'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { databaseName, onDatabase, onServer, urlOfDatabase } from '../support/db.ts'
import { apiOf, everything, installation, synced, wholeFeed, type Api, type Installation, type Process } from '../support/intermodal.ts'
import type { LiveRedmine } from '../support/live-setup.ts'
import { redmineApi } from '../support/redmine.ts'

type Json = Record<string, unknown>
const redmine = inject('redmine') as LiveRedmine
const named = (value: unknown): Json => (value ?? {}) as Json

describe.skipIf(redmine === null)('a real Redmine', () => {
  let place: Installation
  let process_: Process
  let api: Api
  let token: string
  const database = databaseName()
  const theirs = redmine === null ? null! : redmineApi(redmine)
  const list = (model: string, query = '') => everything(api, `/api/ticketing/v1/${model}${query}`, token)
  /** Ask for a run and wait until every model has finished it. */
  const resync = async (kind: 'full' | 'incremental'): Promise<void> => {
    const since = Date.now()
    await api.ask('POST', '/api/ticketing/v1/sync-status/resync', { token, body: { kind } })
    await synced(api, token, { since })
  }

  beforeAll(async () => {
    await onServer(`create database ${database}`)
    place = await installation({ DATABASE_URL: urlOfDatabase(database), INTERMODAL_ALLOW_PRIVATE_HOSTS: `redmine=${new URL(redmine.base_url).host}`, INTERMODAL_LOG_LEVEL: 'info' })
    const key = await place.run('keys', 'create', '--organization', 'Live', '--json')
    api = apiOf(place.origin, (JSON.parse(key.stdout) as { api_key: string }).api_key)
    process_ = place.start('all')
    await process_.says('intermodal is up')
    const linked = await api.ask('POST', '/api/v1/linked-accounts', { body: {
      integration: 'redmine', category: 'ticketing', end_user_origin_id: 'live', end_user_organization_name: 'Live', end_user_email_address: 'live@example.test',
      setup: { base_url: redmine.base_url }, credentials: { api_key: redmine.auth.key },
    } })
    expect(linked.status, JSON.stringify(linked.body)).toBe(201)
    token = linked.body['account_token'] as string
    await synced(api, token)
  })
  afterAll(async () => {
    await place?.cleanUp()
    await onServer(`drop database if exists ${database} with (force)`)
  })

  it('ticketing.Ticket ticketing.Attachment ticketing.Comment ticketing.User ticketing.Project ticketing.Role ticketing.Team are there whole, equal field by field to what its own API says', async () => {
    const [issues, projects, roles, groups] = await Promise.all([
      theirs.list('/issues.json?status_id=*&include=attachments', 'issues'), theirs.list('/projects.json', 'projects'), theirs.list('/roles.json', 'roles'), theirs.list('/groups.json', 'groups'),
    ])
    const users = (await Promise.all([1, 2, 3].map((status) => theirs.list(`/users.json?status=${status}`, 'users')))).flat()
    const ours = Object.fromEntries(await Promise.all(['tickets', 'comments', 'attachments', 'users', 'projects', 'collections', 'roles', 'teams', 'tags'].map(async (model) => [model, new Map((await list(model)).map((record) => [record['remote_id'] as string, record]))]))) as Record<string, Map<string, Json>>
    /** The vendor's id behind one of our ids. */
    const remote = (model: string, id: unknown): string | null => (id === null ? null : [...ours[model]!.values()].find((record) => record['id'] === id)?.['remote_id'] as string ?? `dangling ${String(id)}`)
    const time = (value: unknown): number | null => (value === null || value === undefined ? null : Date.parse(value as string))
    const groupIds = new Set(groups.map(({ id }) => id))

    expect(ours['tickets']!.size).toBe(issues.length)
    for (const issue of issues) {
      const ticket = ours['tickets']!.get(String(issue['id']))!
      const assignee = named(issue['assigned_to'])['id']
      expect({
        name: ticket['name'], description: ticket['description'], ticket_type: ticket['ticket_type'], status: ticket['status'], priority: ticket['priority'], due: time(ticket['due_date']),
        creator: remote('users', ticket['creator']), assignees: (ticket['assignees'] as unknown[]).map((id) => remote('users', id)), teams: (ticket['assigned_teams'] as unknown[]).map((id) => remote('teams', id)),
        project: remote('collections', (ticket['collections'] as unknown[])[0]), tags: ticket['tags'], url: ticket['ticket_url'], created: time(ticket['remote_created_at']), updated: time(ticket['remote_updated_at']),
        completed: time(ticket['completed_at']), attachments: (ticket['attachments'] as unknown[]).map((id) => remote('attachments', id)).sort(), deleted: ticket['remote_was_deleted'],
      }, `issue ${String(issue['id'])}`).toEqual({
        name: issue['subject'], description: issue['description'] === '' ? null : issue['description'], ticket_type: named(issue['tracker'])['name'],
        status: { New: 'OPEN', 'In Progress': 'IN_PROGRESS', Resolved: 'Resolved', Feedback: 'ON_HOLD', Closed: 'CLOSED', Rejected: 'CLOSED' }[named(issue['status'])['name'] as string],
        priority: { Low: 'LOW', Normal: 'NORMAL', High: 'HIGH', Urgent: 'URGENT', Immediate: 'URGENT' }[named(issue['priority'])['name'] as string],
        due: time(issue['due_date']), creator: String(named(issue['author'])['id']),
        assignees: assignee === undefined || groupIds.has(assignee) ? [] : [String(assignee)], teams: groupIds.has(assignee) ? [String(assignee)] : [],
        project: String(named(issue['project'])['id']), tags: issue['category'] === undefined ? [] : [named(issue['category'])['name']], url: `${redmine.base_url}/issues/${String(issue['id'])}`,
        created: time(issue['created_on']), updated: time(issue['updated_on']), completed: named(issue['status'])['is_closed'] === true ? time(issue['closed_on']) : null,
        attachments: (issue['attachments'] as Json[]).map(({ id }) => String(id)).sort(), deleted: false,
      })
    }
    const files = issues.flatMap((issue) => (issue['attachments'] as Json[]).map((file): Json => ({ ...file, issue: String(issue['id']) })))
    expect([...ours['attachments']!.values()].map((file) => [file['remote_id'], file['file_name'], file['file_url'], file['content_type'], remote('tickets', file['ticket']), remote('users', file['uploaded_by']), time(file['remote_created_at'])]).sort())
      .toEqual(files.map((file) => [String(file['id']), file['filename'], file['content_url'], file['content_type'], file['issue'], String(named(file['author'])['id']), time(file['created_on'])]).sort())

    const journals: Json[] = []
    for (const issue of issues) {
      // Only issues that changed after they were made can have journals; equal times can, too.
      const detail = named((await theirs.call('GET', `/issues/${String(issue['id'])}.json?include=journals`))['issue'])
      journals.push(...(detail['journals'] as Json[]).filter(({ notes }) => typeof notes === 'string' && notes.trim() !== '').map((journal) => ({ ...journal, issue: String(issue['id']) })))
    }
    expect([...ours['comments']!.values()].map((comment) => [comment['remote_id'], comment['body'], comment['is_private'], remote('tickets', comment['ticket']), remote('users', comment['user']), time(comment['remote_created_at'])]).sort())
      .toEqual(journals.map((journal) => [String(journal['id']), journal['notes'], journal['private_notes'], journal['issue'], String(named(journal['user'])['id']), time(journal['created_on'])]).sort())

    expect(ours['users']!.size).toBe(users.length)
    for (const user of users) {
      const detail = named((await theirs.call('GET', `/users/${String(user['id'])}.json?include=memberships,groups`))['user'])
      const mine = ours['users']!.get(String(user['id']))!
      expect({ name: mine['name'], mail: mine['email_address'], active: mine['is_active'], teams: (mine['teams'] as unknown[]).map((id) => remote('teams', id)), roles: (mine['roles'] as unknown[]).map((id) => remote('roles', id)).sort() }).toEqual({
        name: `${String(user['firstname'])} ${String(user['lastname'])}`, mail: user['mail'], active: detail['status'] === 1, teams: (detail['groups'] as Json[]).map(({ id }) => String(id)),
        roles: [...new Set((detail['memberships'] as Json[]).flatMap(({ roles: held }) => (held as Json[]).map(({ id }) => String(id))))].sort(),
      })
    }
    expect([...ours['projects']!.values()].map((project) => [project['remote_id'], project['name'], project['description']]).sort()).toEqual(projects.map(({ id, name, description }) => [String(id), name, description === '' ? null : description]).sort())
    expect([...ours['roles']!.values()].map((role) => [role['remote_id'], role['name']]).sort()).toEqual(roles.map(({ id, name }) => [String(id), name]).sort())
    expect([...ours['teams']!.values()].map((team) => [team['remote_id'], team['name']]).sort()).toEqual(groups.map(({ id, name }) => [String(id), name]).sort())
  })

  it('ticketing.Viewer ticketing.Collection say who sees a project, what its versions are, and what a role may do there', async () => {
    const [projects, roles] = await Promise.all([theirs.list('/projects.json', 'projects'), theirs.list('/roles.json', 'roles')])
    const [collections, users, teams, ourRoles] = await Promise.all(['collections', 'users', 'teams', 'roles'].map(async (model) => list(model))) as [Json[], Json[], Json[], Json[]]
    const remote = (records: readonly Json[], id: unknown): unknown => (id === null ? null : records.find((record) => record['id'] === id)?.['remote_id'] ?? `dangling ${String(id)}`)
    const byRemoteId = new Map(collections.map((one) => [one['remote_id'], one]))
    const words = { VIEW: ['view_issues'], CREATE: ['add_issues'], EDIT: ['edit_issues', 'edit_own_issues'], DELETE: ['delete_issues'] }
    const rules = (await Promise.all(roles.map(async ({ id }) => [String(id), named((await theirs.call('GET', `/roles/${String(id)}.json`))['role'])['permissions'] as string[]] as const)))
      .map(([id, may]) => [id, Object.entries(words).filter(([, any]) => any.some((one) => may.includes(one))).map(([action]) => action)] as const).filter(([, actions]) => actions.length > 0)
    let seen = 0
    for (const project of projects) {
      const mine = byRemoteId.get(String(project['id']))!
      expect([mine['name'], mine['access_level'], mine['collection_type'], remote(collections, mine['parent_collection'])]).toEqual([project['name'], project['is_public'] === true ? 'PUBLIC' : 'PRIVATE', 'PROJECT', project['parent'] === undefined ? null : String(named(project['parent'])['id'])])
      expect((mine['permissions'] as Json[]).map((rule) => [remote(ourRoles, (rule['applied_to_roles'] as unknown[])[0]), rule['actions']]).sort()).toEqual(rules.toSorted())
      const versions = (await theirs.list(`/projects/${String(project['id'])}/versions.json`, 'versions')).filter((version) => named(version['project'])['id'] === project['id'])
      for (const version of versions) expect(byRemoteId.get(`version-${String(version['id'])}`)).toMatchObject({ name: version['name'], access_level: 'PARENT_COLLECTION', collection_type: 'LIST', parent_collection: mine['id'], permissions: [] })
      const members = await theirs.list(`/projects/${String(project['id'])}/memberships.json`, 'memberships')
      const viewers = await list(`collections/${String(mine['id'])}/viewers`)
      expect(viewers.map((one) => [one['remote_id'], remote(users, one['user']), remote(teams, one['team']), one['collection'], one['ticket']]).sort())
        .toEqual(members.map((one) => [String(one['id']), one['user'] === undefined ? null : String(named(one['user'])['id']), one['group'] === undefined ? null : String(named(one['group'])['id']), mine['id'], null]).sort())
      seen += members.length
    }
    expect(seen).toBeGreaterThan(0)
  })

  it('files come byte for byte as it serves them, whatever their names', async () => {
    const get = (address: string, headers: Record<string, string>) => fetch(address, { headers, redirect: 'manual' })
    const ours = { 'authorization': `Bearer ${await keyOf(place)}`, 'x-account-token': token }
    const files = (await list('attachments')).slice(0, 10)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      const [mine, own] = await Promise.all([get(`${place.origin}/api/ticketing/v1/attachments/${String(file['id'])}/download`, ours), get(String(file['file_url']), { 'x-redmine-api-key': redmine.auth.key })])
      expect([mine.status, own.status], String(file['file_name'])).toEqual([200, 200])
      expect(Buffer.from(await mine.arrayBuffer()).equals(Buffer.from(await own.arrayBuffer())), String(file['file_name'])).toBe(true)
      expect(mine.headers.get('content-disposition')).toMatch(/^attachment; /)
    }
  })

  it('the official SDK, with only its base URL changed, iterates all tickets with their relations', async () => {
    const merge = new MergeClient({ apiKey: await keyOf(place), accountToken: token, baseUrl: `${place.origin}/api` })
    const seen = new Set<string>()
    let expanded = 0
    for await (const ticket of await merge.ticketing.tickets.list({ expand: ['assignees', 'creator', 'collections'] as never, pageSize: 100 })) {
      seen.add(ticket.remoteId!)
      expect(ticket.createdAt).toBeInstanceOf(Date)
      expect(typeof ticket.creator).toBe('object')
      expanded += ticket.assignees?.filter((assignee) => typeof assignee === 'object').length ?? 0
    }
    expect(seen.size).toBe((await list('tickets')).length)
    expect(expanded).toBeGreaterThan(0)
  })

  it('a second identical sync writes no record', async () => {
    const versions = () => onDatabase(database, `select string_agg(t, '|' order by t) as all from (
      ${['ticket', 'comment', 'attachment', 'user', 'project', 'collection', 'role', 'team', 'tag'].map((model) => `select '${model}' || id || xmin || ctid::text as t from ticketing_${model}`).join(' union all ')}
      union all select record_id || version::text || xmin from raw_payloads) v`)
    const before = await versions()
    await resync('full')
    expect(await versions()).toEqual(before)
  })

  it('three changes and one deletion at the vendor are exactly four new entries of the feed, in order', async () => {
    const before = await wholeFeed(api, token)
    expect(before.map(({ seq }) => seq)).toEqual(before.map((_, i) => i + 1))
    const made = named((await theirs.call('POST', '/issues.json', { issue: { project_id: 'project-0', subject: 'to be deleted' } }))['issue'])
    await resync('incremental')
    const start = (await wholeFeed(api, token)).length
    const changed = (await list('tickets')).map((ticket) => ticket['remote_id'] as string).filter((id) => id !== String(made['id'])).slice(10, 13)
    for (const id of changed) await theirs.call('PUT', `/issues/${id}.json`, { issue: { subject: `changed at ${Date.now()}` } })
    await theirs.call('DELETE', `/issues/${String(made['id'])}.json`)
    await resync('incremental')
    const afterIncremental = (await wholeFeed(api, token)).slice(start)
    expect(afterIncremental.map(({ model, what }) => [model, what])).toEqual(changed.map(() => ['ticketing.Ticket', 'updated']))
    expect(afterIncremental.map(({ remote_id }) => remote_id).sort()).toEqual([...changed].sort())
    await resync('full')
    const after = (await wholeFeed(api, token)).slice(start)
    expect(after.map(({ what, remote_id }) => [what, remote_id])).toEqual([...afterIncremental.map(({ what, remote_id }) => [what, remote_id]), ['deleted', String(made['id'])]])
    expect(after.map(({ seq }) => seq)).toEqual([1, 2, 3, 4].map((n) => start + n))
    expect((await list('tickets')).some((ticket) => ticket['remote_id'] === String(made['id']))).toBe(false)
    expect((await list('tickets', '?include_deleted_data=true')).find((ticket) => ticket['remote_id'] === String(made['id']))).toMatchObject({ remote_was_deleted: true })
  })
})

async function keyOf(place: Installation): Promise<string> {
  return (JSON.parse((await place.run('keys', 'create', '--organization', 'Live', '--json')).stdout) as { api_key: string }).api_key
}
