import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { AnyWrite, UpstreamRequest } from '#kit'
import { redmine } from '../../providers/redmine/index.ts'
import { carriedOut, type Done } from '../support/carried-out.ts'
import { redmineApi } from '../support/redmine.ts'

// The requests of the writes, sent to a Redmine that runs.
type Json = Record<string, unknown>
const live = inject('redmine')
const write = (model: string, kind: 'create' | 'update' = 'create'): AnyWrite => redmine.writes!.find((one) => one.model.name === model && one.kind === kind)!

describe.skipIf(live === null)('what is written to a real Redmine', () => {
  const theirs = live === null ? null! : redmineApi(live)
  const mark = `Written ${Date.now()}`
  let project: Json
  let version: Json
  let group: Json
  let member: Json & { key: string }

  const made: string[] = []
  const done = async (which: AnyWrite, input: Json, remoteId = '', remoteFields: Json = {}): Promise<Done> => {
    const all = await carriedOut(which, input, async (request: UpstreamRequest) => {
      const answer = await theirs.send(request)
      expect([answer.status < 300, which.complaints(answer)], JSON.stringify([request.path, answer.body])).toEqual([true, []])
      return answer
    }, { remoteId, remoteFields })
    if (which.model.name === 'Ticket' && which.kind === 'create') made.push(all.remoteId)
    return all
  }
  const issue = async (id: string, include = 'journals'): Promise<Json> => (await theirs.call('GET', `/issues/${id}.json?include=${include}`))['issue'] as Json

  beforeAll(async () => {
    project = ((await theirs.call('GET', '/projects.json?include=issue_categories,trackers'))['projects'] as Json[]).find((one) => (one['issue_categories'] as unknown[]).length > 0)!
    version = (await theirs.call('POST', `/projects/${String(project['id'])}/versions.json`, { version: { name: mark } }))['version'] as Json
    const login = `w${Date.now()}`
    const user = (await theirs.call('POST', '/users.json', { user: { login, firstname: 'Wanda', lastname: 'Writer', mail: `${login}@example.test`, password: 'correct horse battery' } }))['user'] as Json
    group = (await theirs.call('POST', '/groups.json', { group: { name: mark } }))['group'] as Json
    const reporter = ((await theirs.call('GET', '/roles.json'))['roles'] as Json[]).find(({ name }) => name === 'Reporter')!
    await theirs.call('POST', `/projects/${String(project['id'])}/memberships.json`, { membership: { user_id: user['id'], role_ids: [reporter['id']] } })
    member = { ...user, key: String(((await theirs.call('GET', `/users/${String(user['id'])}.json`))['user'] as Json)['api_key']) }
  })

  afterAll(async () => {
    for (const id of made) await theirs.send({ method: 'DELETE', path: `/issues/${id}.json` })
    for (const path of [`/versions/${String(version['id'])}.json`, `/groups/${String(group['id'])}.json`, `/users/${String(member['id'])}.json`]) await theirs.send({ method: 'DELETE', path })
  })

  it('is what Redmine then holds, words and all', async () => {
    const [category] = project['issue_categories'] as Json[]
    const parent = await done(write('Ticket'), { name: `${mark}, parent`, collections: [String(project['id'])] })
    expect(parent.told).toBe(false)
    const created = await done(write('Ticket'), {
      name: mark, description: 'One\r\ntwo', assignees: [String(member['id'])], due_date: '2031-05-06T00:00:00.000Z', collections: [String(project['id']), `version-${String(version['id'])}`],
      ticket_type: 'Support', parent_ticket: parent.remoteId, access_level: 'PRIVATE', tags: [category!['name']], priority: 'URGENT', status: 'IN_PROGRESS',
    }, '', { estimated_hours: 3.5 })
    expect([created.told, await issue(created.remoteId)]).toMatchObject([false, {
      subject: mark, description: 'One\r\ntwo', assigned_to: { id: member['id'] }, due_date: '2031-05-06', project: { id: project['id'] }, fixed_version: { id: version['id'] }, tracker: { name: 'Support' }, parent: { id: Number(parent.remoteId) },
      is_private: true, category: { id: category!['id'] }, priority: { name: 'Urgent' }, status: { name: 'In Progress' }, estimated_hours: 3.5,
    }])
    const changed = await done(write('Ticket', 'update'), { name: `${mark}, changed`, description: null, assignees: null, due_date: null, collections: [String(project['id'])], ticket_type: 'Feature', parent_ticket: null, access_level: 'COLLECTION', priority: 'LOW', status: 'Resolved' }, created.remoteId)
    const after = await issue(created.remoteId)
    expect([changed.told, after]).toMatchObject([false, { subject: `${mark}, changed`, due_date: null, tracker: { name: 'Feature' }, is_private: false, priority: { name: 'Low' }, status: { name: 'Resolved' } }])
    expect([after['description'] ?? '', after['assigned_to'], after['fixed_version'], after['parent']]).toEqual(['', undefined, undefined, undefined])
    // Closed is closed: nothing is moved from Rejected to Closed.
    await done(write('Ticket', 'update'), { status: 'Rejected' }, created.remoteId)
    expect((await done(write('Ticket', 'update'), { status: 'CLOSED' }, created.remoteId)).told).toBe(false)
    expect(await issue(created.remoteId)).toMatchObject({ status: { name: 'Rejected' } })
  })

  it('is a comment, and a private one where that was asked for', async () => {
    const [ticket] = made as [string]
    for (const [body, isPrivate] of [['For all', undefined], ['For us\n\nalone', true]] as const) expect((await done(write('Comment'), { body, ticket, ...(isPrivate !== undefined && { is_private: isPrivate }) })).told).toBe(false)
    expect(((await issue(ticket))['journals'] as Json[]).filter(({ notes }) => notes !== '').map(({ notes, private_notes: hidden }) => [String(notes).replaceAll('\r', ''), hidden])).toEqual([['For all', false], ['For us\n\nalone', true]])
  })

  it('is a file, byte for byte, with its ticket', async () => {
    const [ticket] = made as [string]
    const bytes = Buffer.from([0x00, 0xff, 0x0d, 0x0a, ...Buffer.from(mark)])
    const sent = await carriedOut(write('Attachment'), { file_url: 'https://files.example/trace', ticket, file_name: 'Größe "1".csv', content_type: 'text/csv' }, (request) => theirs.send(request), { file: { name: 'unnamed', type: 'text/plain', bytes } })
    const [file] = (await issue(ticket, 'attachments'))['attachments'] as Json[]
    expect([sent.told, sent.remoteId, file]).toMatchObject([false, String(file!['id']), { filename: expect.stringMatching(/^Größe .1.\.csv$/) as string, content_type: 'text/csv', filesize: bytes.length }])
    const read = await fetch(String(file!['content_url']), { headers: { 'x-redmine-api-key': live!.auth.key } })
    expect(Buffer.from(await read.arrayBuffer()).equals(bytes)).toBe(true)
  })

  it('is told where Redmine answers well and does something else: other trackers, statuses, and rights that are missing', async () => {
    const [ticket] = made as [string]
    for (const input of [{ ticket_type: 'Never heard of' }, { status: 'Never heard of' }, { priority: 'Never heard of' }]) expect((await done(write('Ticket', 'update'), input, ticket)).told, JSON.stringify(input)).toBe(true)
    // A reporter may write, but neither privately nor of others.
    const asMember = async (which: AnyWrite, input: Json): Promise<Done> => { const all = await carriedOut(which, input, (request) => theirs.send(request, member.key)); if (all.remoteId !== '') made.push(all.remoteId); return all }
    const own = await asMember(write('Ticket'), { name: `${mark}, by a reporter`, collections: [String(project['id'])], access_level: 'PRIVATE' })
    expect([own.answer.status, own.told]).toEqual([201, true])
    expect(await issue(own.remoteId)).toMatchObject({ is_private: false })
    expect((await asMember(write('Ticket'), { name: `${mark}, by a reporter`, collections: [String(project['id'])] })).told).toBe(false)
    expect((await asMember(write('Comment'), { body: 'Not so private', ticket: own.remoteId, is_private: true })).told).toBe(true)
  })

  it('is refused in words where it cannot be', async () => {
    const create = write('Ticket')
    const refused = async (input: Json): Promise<readonly string[]> => {
      const answer = await theirs.send({ method: 'POST', ...create.ask(input, { setup: {}, remoteId: '', remoteFields: {}, at: new Date() }) })
      expect([answer.status, create.remoteId(answer)]).toEqual([422, null])
      return create.complaints(answer).map(({ message }) => message)
    }
    const place = [String(project['id'])]
    expect(await refused({ name: '', collections: place })).toEqual([expect.stringMatching(/Subject/)])
    for (const input of [{ collections: ['1', '2'] }, { collections: ['version-1'] }, { collections: [...place, 'version-1', 'version-2'] }, { collections: place, assignees: ['nobody'] }, { collections: place, assigned_teams: [String(group['id'])] }, { collections: place, parent_ticket: '99999999' }]) {
      expect((await refused({ name: mark, ...input })).length, JSON.stringify(input)).toBeGreaterThan(0)
    }
  })
})
