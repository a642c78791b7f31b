import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ours, type AnyWrite, type UpstreamRequest, type Word } from '#kit'
import { openBench, walk } from '../conformance/walk.ts'
import { attachment } from '../../providers/redmine/attachment.ts'
import { redmine } from '../../providers/redmine/index.ts'
import { carriedOut } from '../support/carried-out.ts'
import { contractTitle, openContract } from './openapi.ts'

// The community's OpenAPI document of Redmine 7.0: https://github.com/d-yoshi/redmine-openapi
const options = { files: ['specs/redmine/redmine-community-openapi.yaml'], fill: { format: 'json' } }
const contract = openContract(options)

/** Redmine takes them (checked on 5.0.4), the document forgets them. */
const undocumented = ['/users.{format}?sort', '/projects.{format}?sort']
/**
 * What a Redmine of 5.0 does not send yet, or sends as it should not: known, looked at, and of no matter to the mapping.
 * Everything else that the document asks for must be there.
 */
const older = /must have required property/
/** The document lets an assignee go by null, which Redmine leaves alone; it goes by empty text. The document knows nothing of words for ids that Redmine refuses. */
const emptied = /^\/issue\/assigned_to_id must be integer$/
const write = (model: string, kind: AnyWrite['kind'] = 'create'): AnyWrite => redmine.writes!.find((one) => one.model.name === model && one.kind === kind)!

describe.skipIf(contract === null)(contractTitle(contract, options), () => {
  it('knows every request that the adapter makes, and every parameter of it', async () => {
    const bench = await openBench(redmine, 60)
    for (const resource of redmine.resources) {
      await walk(resource, bench.send)
      if (resource.read.incremental !== 'full_only') await walk(resource, bench.send, { since: new Date('2026-01-01T00:00:00Z') })
    }
    await bench.close()
    expect(bench.asked.length).toBeGreaterThan(50)
    expect([...new Set(bench.asked.flatMap((request) => contract!.unknownOf(request)))].filter((name) => !undocumented.includes(name))).toEqual([])
    expect(contract!.unknownOf({ method: 'GET', path: '/issues.json', query: { never_heard_of: 1 } })).toEqual(['/issues.{format}?never_heard_of'])
    expect(contract!.unknownOf({ method: 'GET', path: '/never-heard-of.json' })).toHaveLength(1)
    // It knows the address with the file's name behind it, which Redmine lets one leave out: config/routes.rb.
    const { path } = attachment.download!({ id: 1 } as Parameters<NonNullable<typeof attachment.download>>[0], {})!
    expect(contract!.unknownOf({ method: 'GET', path: `${path}/name.txt` })).toEqual([])
  })

  it.each(globSync('providers/redmine/fixtures/*.json'))('allows what Redmine answered: %s', (fixture) => {
    const { exchanges } = JSON.parse(readFileSync(fixture, 'utf8')) as { exchanges: { request: { method: 'GET'; path: string }; response: { status: number; body: unknown } }[] }
    for (const { request, response } of exchanges) {
      expect(contract!.answerErrors(request, response.status, response.body).filter((message) => !older.test(message)), request.path).toEqual([])
      expect(contract!.answerErrors(request, response.status, { issues: 'x', users: 'x', user: 'x', roles: 'x', role: 'x', groups: 'x', projects: 'x', issue: 'x', versions: 'x', memberships: 'x' }).filter((message) => !older.test(message)), request.path).not.toEqual([])
    }
  })

  it('takes every write with all that follows it, and what was written comes back when it is read', async () => {
    const bench = await openBench(redmine, 60)
    const wrong: string[] = []
    const send = async (request: UpstreamRequest) => {
      wrong.push(...[...contract!.unknownOf(request), ...(request.body === undefined ? [] : contract!.requestErrors(request))].filter((error) => !emptied.test(error)))
      const answer = await bench.send(request)
      wrong.push(...contract!.answerErrors(request, answer.status, answer.body).filter((error) => !older.test(error)))
      return answer
    }
    const written = async (model: string, kind: AnyWrite['kind'], input: Readonly<Record<string, unknown>>, changed = '', remoteFields: Readonly<Record<string, unknown>> = {}) => {
      const { remoteId, told } = await carriedOut(write(model, kind), input, send, { remoteId: changed, remoteFields })
      const resource = redmine.resources.find((one) => one.model.name === model)!
      const rows = (await walk(resource, bench.send)).rows as readonly object[]
      const row = rows.find((one) => resource.identity.remoteId(one) === remoteId) ?? rows.findLast((one) => input['body'] === (one as { notes?: string }).notes)
      const read = resource.fields as Readonly<Record<string, (of: unknown, context: object) => unknown>>
      return { remoteId, told, row, read: Object.fromEntries(Object.keys(input).map((field) => { const value = read[field]!(row, { baseUrl: bench.baseUrl, setup: {} }); return [field, typeof value === 'object' && value !== null && 'ours' in value ? ours(value as Word) : value] })) }
    }
    const wish = {
      name: 'Written', description: 'One\n\ntwo', assignees: ['5'], due_date: '2031-05-06T00:00:00.000Z', collections: ['2', 'version-4'], ticket_type: 'Support', parent_ticket: '7', access_level: 'PRIVATE', tags: ['Backend'], priority: 'URGENT', status: 'ON_HOLD',
    }
    const made = await written('Ticket', 'create', wish, '', { cf_1: 'ACME', estimated_hours: 2 })
    expect([made.told, made.read, made.row]).toMatchObject([false, wish, { custom_fields: [{ id: 1, value: 'ACME' }, { id: 2 }] }])
    const { tags: _, ...changes } = { ...wish, name: 'Changed', description: null, assignees: [], due_date: null, collections: ['1'], ticket_type: 'Bug', parent_ticket: null, access_level: 'COLLECTION', priority: 'LOW', status: 'CLOSED' }
    expect(await written('Ticket', 'update', changes, made.remoteId)).toMatchObject({ told: false, read: changes })
    expect((await written('Ticket', 'update', { status: 'CLOSED' }, made.remoteId)).told).toBe(false)
    for (const input of [{ ticket_type: 'Never heard of' }, { status: 'Never heard of' }, { priority: 'Never heard of' }, { collections: ['99'] }]) expect((await written('Ticket', 'update', input, made.remoteId)).told, JSON.stringify(input)).toBe(true)
    expect((await written('Ticket', 'create', { ...wish, tags: ['Never heard of'] })).told).toBe(true)
    for (const input of [{ body: 'For all', ticket: made.remoteId }, { body: 'For us', ticket: made.remoteId, is_private: true }]) expect(await written('Comment', 'create', input)).toMatchObject({ told: false, read: input })
    const file = { name: 'unnamed', type: 'text/plain', bytes: Buffer.from([0x00, 0xff, 0x0d, 0x0a]) }
    const attached = await carriedOut(write('Attachment'), { file_url: 'https://files.example/trace', ticket: made.remoteId, file_name: 'größe.csv', content_type: 'text/csv' }, send, { file })
    const files = redmine.resources.find(({ model }) => model.name === 'Attachment')!
    expect([attached.told, (await walk(files, bench.send)).rows.find((row) => files.identity.remoteId(row) === attached.remoteId)]).toMatchObject([false, { filename: 'größe.csv', content_type: 'text/csv', issue: { id: Number(made.remoteId) } }])
    expect((await carriedOut(write('Attachment'), { file_url: 'https://files.example/trace', ticket: '7' }, async (request) => ({ ...await send(request), ...(request.path === '/uploads.json' && { body: { upload: { id: 99_999, token: 'lost' } } }) }), { file })).told).toBe(true)
    for (const input of [{ name: '', collections: ['1'] }, { name: 'x', collections: ['1', '2'] }, { name: 'x', collections: ['1', 'version-1', 'version-2'] }, { name: 'x', collections: ['1'], assignees: ['99999'] }]) {
      await expect(bench.send({ method: 'POST', ...write('Ticket').ask(input, { setup: {}, remoteId: '', remoteFields: {}, at: new Date() }) }), JSON.stringify(input)).rejects.toMatchObject({ code: 'upstream.rejected' })
    }
    await bench.close()
    expect(wrong).toEqual([])
    expect(contract!.requestErrors({ method: 'POST', path: '/issues.json', body: { issue: { subject: 7 } } })).not.toEqual([])
  })
})
