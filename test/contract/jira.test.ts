import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { authorizeAddress, scopesFor, tokenAsk, tokensOf, writeRequest, type AnyOAuth, type AnyResource, type Ask, type LookedUp, type Send, type UpstreamRequest } from '#kit'
import { recordId } from '#src/records/ids'
import { mapRow } from '#src/sync/map'
import { boxed } from '#src/sandbox/boxed'
import { startSandbox } from '#src/sandbox/start'
import { openBench, walk } from '../conformance/walk.ts'
import { documentOf, textOf } from '../../providers/jira/adf.ts'
import { attachment } from '../../providers/jira/attachment.ts'
import { jira } from '../../providers/jira/index.ts'
import { sandbox as vendor } from '../../providers/jira/sandbox.ts'
import { carriedOut } from '../support/carried-out.ts'
import { contractTitle, exampleOf, openContract } from './openapi.ts'

// Atlassian's own document: https://developer.atlassian.com/cloud/jira/platform/swagger-v3.v3.json
const options = { files: ['specs/jira/jira-cloud-v3-openapi.json'] }
const contract = openContract(options)

describe.skipIf(contract === null)(contractTitle(contract, options), () => {
  it('knows every request that the adapter makes, with every parameter and body, and allows what the box answers', async () => {
    const bench = await openBench(jira, 120)
    const wrong = new Set<string>()
    const send: Send = async (request) => {
      const answer = await bench.send(request)
      for (const error of [...contract!.unknownOf(request), ...(request.body === undefined ? [] : contract!.requestErrors(request)), ...contract!.answerErrors(request, answer.status, answer.body)]) wrong.add(`${request.method} ${request.path}: ${error}`)
      return answer
    }
    for (const resource of jira.resources) {
      await walk(resource, send, { setup: bench.setup })
      await walk(resource, send, { setup: bench.setup, since: new Date('2021-01-01T00:00:00Z'), deletions: true })
    }
    await bench.close()
    expect(bench.asked.length).toBeGreaterThan(200)
    expect([...wrong]).toEqual([])
  })

  it('knows the address of a file', () => {
    const ask = attachment.download!({ id: '10000' } as Parameters<NonNullable<typeof attachment.download>>[0], {})!
    expect(contract!.unknownOf({ method: 'GET', ...ask })).toEqual([])
    expect(contract!.unknownOf({ method: 'GET', ...ask, query: { never_heard_of: true } })).toHaveLength(1)
  })

  it('would notice', () => {
    const search: UpstreamRequest = { method: 'POST', path: '/rest/api/3/search/jql', body: { jql: 'created >= 0', startAt: 3 } }
    expect(contract!.requestErrors(search)).toHaveLength(1)
    expect(contract!.unknownOf({ method: 'GET', path: '/rest/api/3/project/search', query: { never_heard_of: 1 } })).toEqual(['/rest/api/3/project/search?never_heard_of'])
    expect(contract!.unknownOf({ method: 'GET', path: '/rest/api/3/never-heard-of' })).toHaveLength(1)
    expect(contract!.answerErrors(search, 200, { issues: [{ id: 4 }] })).not.toEqual([])
  })

  it.each(globSync('providers/jira/fixtures/*.json'))('allows what Jira answers: %s', (fixture) => {
    const { exchanges } = JSON.parse(readFileSync(fixture, 'utf8')) as { exchanges: { request: UpstreamRequest; response: { status: number; body: unknown } }[] }
    for (const { request, response } of exchanges) {
      expect(contract!.unknownOf(request)).toEqual([])
      expect(contract!.answerErrors(request, response.status, response.body), request.path).toEqual([])
      if (response.status === 200) expect(contract!.answerErrors(request, 200, 'x'), request.path).not.toEqual([])
    }
  })

  it('takes the bodies of all writes', () => {
    const input = { name: 'A', description: 'B', assignees: ['5b10a2844c20165700ede21g'], creator: 'x', due_date: '2026-03-04T00:00:00.000Z', collections: ['10000'], ticket_type: 'Bug', parent_ticket: '10001', priority: 'URGENT', tags: ['a'], body: 'Hi', ticket: '10000', is_private: true }
    for (const write of jira.writes!.filter(({ takesFile }) => takesFile !== true)) {
      const request = writeRequest(write, Object.fromEntries(Object.entries(input).filter(([field]) => (write.accepts as readonly string[]).includes(field))), { setup: {}, remoteId: '10000', at: new Date('2026-03-04T05:06:07Z'), remoteFields: { customfield_10016: 3 } }, 'key')
      expect(contract!.unknownOf(request)).toEqual([])
      expect(contract!.requestErrors(request), request.path).toEqual([])
      expect(contract!.requestErrors({ ...request, body: 'x' })).not.toEqual([])
    }
  })
})

const issueExample = exampleOf('jira/examples/get-rest-api-3-issue-issueidorkey.json') as object | null
describe.skipIf(issueExample === null)('Atlassian\'s own example of an issue', () => {
  it('becomes a ticket, odd as it is', () => {
    const payload = issueExample!
    const { remoteId, fields, issues } = mapRow(jira.resources[0] as AnyResource, { ...payload, names: {}, members: [] }, { linkedAccountId: '00000000-0000-8000-8000-000000000001', baseUrl: 'https://your-domain.atlassian.net', setup: { site: 'your-domain' } })
    expect(issues).toEqual([])
    expect(remoteId).toBe('10002')
    // `updated` is 1 there, and the files are numbered.
    expect(fields).toMatchObject({ description: 'Main order flow broken', ticket_url: 'https://your-domain.atlassian.net/browse/ED-1', status: null, remote_updated_at: null, assignees: [], access_level: 'COLLECTION' })
    expect([fields['collections'], fields['attachments']]).toEqual([[expect.any(String)], [expect.any(String)]])
  })
})

describe('what Jira is sent', () => {
  const [create, update, comment] = jira.writes!
  const context = { setup: {}, remoteId: '10000', at: new Date('2026-03-04T05:06:07Z'), remoteFields: {} }

  it('names what was given, empties what is null and leaves out the rest', () => {
    expect(writeRequest(create!, { name: 'A', collections: ['10000'], ticket_type: 'Bug', priority: 'NORMAL', due_date: '2026-03-04T00:00:00.000Z' }, context, 'k').body).toEqual({ fields: { summary: 'A', project: { id: '10000' }, issuetype: { name: 'Bug' }, priority: { name: 'Medium' }, duedate: '2026-03-04' } })
    expect(writeRequest(update!, { assignees: [], description: null }, context, 'k')).toMatchObject({ method: 'PUT', path: '/rest/api/3/issue/10000', body: { fields: { assignee: null, description: null } } })
    const orphaned = writeRequest(update!, { parent_ticket: null, tags: [] }, context, 'k')
    expect(orphaned.body).toEqual({ fields: { labels: [] }, update: { parent: [{ set: { none: true } }] } })
    expect(contract?.requestErrors(orphaned) ?? []).toEqual([])
    expect(writeRequest(update!, { assignees: ['a', 'b'] }, context, 'k').body).toEqual({ fields: { assignee: [{ id: 'a' }, { id: 'b' }] } })
    // Whoever reports it is a user or a customer, in one field.
    expect(writeRequest(create!, { name: 'A', collections: ['10000'], ticket_type: 'Bug', contact: 'qm:1' }, context, 'k').body).toMatchObject({ fields: { reporter: { id: 'qm:1' } } })
    expect(() => writeRequest(update!, { creator: 'a', contact: 'qm:1' }, context, 'k')).toThrow(expect.objectContaining({ code: 'request.invalid' }))
    expect(writeRequest(comment!, { body: 'Hi', ticket: '10000' }, context, 'k').body).toEqual({ body: documentOf('Hi') })
  })

  it('sends a file as the part of a form that the contract names, and it is there with its ticket when it is read', async () => {
    const bench = await openBench(jira, 20)
    const attach = jira.writes!.find(({ takesFile }) => takesFile === true)!
    const file = { name: 'unnamed', type: 'application/octet-stream', bytes: Buffer.from([0x00, 0xff, 0x0d, 0x0a, 0x2d, 0x2d]) }
    const { remoteId, answer, asked } = await carriedOut(attach, { file_url: 'https://files.example/trace', ticket: '10003', file_name: 'größe.csv', content_type: 'text/csv' }, bench.send, { file })
    expect(contract?.answerErrors(asked[0]!, 200, answer.body) ?? []).toEqual([])
    expect(contract?.unknownOf(asked[0]!) ?? []).toEqual([])
    const { requestBody } = (contract?.operationOf('POST', '/rest/api/3/issue/10003/attachments')?.operation ?? { requestBody: { content: { 'multipart/form-data': {} } } }) as { requestBody: { content: object } }
    expect(Object.keys(requestBody.content)).toEqual(['multipart/form-data'])
    const row = (await walk(attachment, bench.send, { setup: bench.setup })).rows.find((one) => attachment.identity.remoteId(one as never) === remoteId)!
    expect(mapRow(attachment, row, { linkedAccountId: '00000000-0000-8000-8000-000000000001', baseUrl: bench.baseUrl, setup: bench.setup }).fields).toMatchObject({ file_name: 'größe.csv', content_type: 'text/csv', ticket: recordId('00000000-0000-8000-8000-000000000001', 'ticketing.Ticket', '10003') })
    expect(row).toMatchObject({ size: 6 })
    // Names of the file's own where nothing else is said; and never its bytes in a log.
    expect(writeRequest(attach, { file_url: 'https://files.example/trace', ticket: '10003' }, { ...context, file }, 'k').file).toEqual({ ...file, part: 'file' })
    expect(bench.log.find(({ path }) => path.endsWith('/attachments'))).toMatchObject({ requestBody: '[not kept: a file]' })
    expect(() => writeRequest(attach, { file_url: 'https://files.example/trace', ticket: '10003' }, context, 'k')).toThrow(expect.objectContaining({ code: 'request.invalid' }))
    await bench.close()
  })

  it('moves a ticket by a step of its own workflow, where one leads there', async () => {
    const box = await startSandbox({ vendor, size: 20 })
    const authorization = `Basic ${Buffer.from(Object.values(box.link.credentials).join(':')).toString('base64')}`
    const send = async ({ method = 'GET', path, query = {}, body }: Ask): Promise<unknown> => {
      expect([contract?.unknownOf({ method, path, query }) ?? [], body === undefined ? [] : contract?.requestErrors({ method, path, body }) ?? []].flat()).toEqual([])
      const response = await fetch(`${box.origin}${path}?${new URLSearchParams(query as Record<string, string>).toString()}`, { method, headers: { authorization, 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }) })
      expect(response.ok).toBe(true)
      return response.status === 204 ? null : response.json()
    }
    const step = async (status: string): Promise<Ask | 'already' | null> => {
      const { look, step: stepOf } = update!.followed!({ status }, context)[0] as LookedUp
      return stepOf(await send({ ...look, path: look.path.replace('10000', '10003') })) as Ask | 'already' | null
    }
    for (const status of ['IN_PROGRESS', 'ON_HOLD', 'CLOSED']) {
      const ask = await step(status)
      if (ask !== 'already') await send({ ...ask!, path: ask!.path.replace('10000', '10003') })
      expect(await step(status), status).toBe('already')
    }
    expect(await step('Done')).toBe('already')
    expect(await step('OPEN')).toBeNull()
    const [{ step: stepOf }] = create!.followed!({ status: 'CLOSED' }, context) as [LookedUp]
    for (const odd of [null, 'text', [], {}, { transitions: [null, {}] }]) expect(stepOf(odd)).toBeNull()
    expect(create!.followed!({ name: 'A' }, context)).toEqual([])
    await box.close()
  })

  it('asks for milliseconds, which no time zone can shift, and for pages behind a token', async () => {
    const ticket = jira.resources[0] as AnyResource
    const bench = await openBench(jira, 120)
    await walk(ticket, bench.send, { setup: bench.setup, since: new Date('2019-03-05T01:02:03.456Z') })
    await bench.close()
    const bodies = bench.asked.filter(({ method }) => method === 'POST').map(({ body }) => body as { jql: string; nextPageToken?: string })
    expect(bodies.length).toBeGreaterThan(1)
    expect(new Set(bodies.map(({ jql }) => jql))).toEqual(new Set(['updated >= 1551747723456 ORDER BY created ASC, key ASC']))
    expect(bodies.map(({ nextPageToken }) => nextPageToken !== undefined)).toEqual(bodies.map((_, n) => n > 0))
  })
})

describe('rich text', () => {
  const doc = (...content: readonly object[]) => ({ type: 'doc', version: 1, content })
  const text = (value: string, ...marks: readonly object[]) => ({ type: 'text', text: value, marks })
  const paragraph = (...content: readonly object[]) => ({ type: 'paragraph', content })

  it('becomes Markdown, node by node', () => {
    const row = (...cells: readonly string[]) => ({ type: 'tableRow', content: cells.map((cell) => ({ type: 'tableCell', content: [paragraph(text(cell))] })) })
    expect(textOf(doc(paragraph(text('bold', { type: 'strong' }), text(' and '), text('https://example.com', { type: 'link', attrs: { href: 'https://example.com' } })), { type: 'rule' }, { type: 'table', content: [row('a', 'b'), row('1', '2')] }))).toBe('**bold** and https://example.com\n\n---\n\n| a | b |\n| --- | --- |\n| 1 | 2 |')
    expect(textOf(doc({ type: 'orderedList', content: [{ type: 'listItem', content: [paragraph(text('one')), { type: 'bulletList', content: [{ type: 'listItem', content: [paragraph(text('inner'))] }] }] }, { type: 'listItem', content: [paragraph(text('two'))] }] }))).toBe('1. one\n   - inner\n2. two')
    expect(textOf(doc({ type: 'taskList', content: [{ type: 'taskItem', attrs: { state: 'DONE' }, content: [text('done')] }, { type: 'taskItem', attrs: { state: 'TODO' }, content: [text('not yet')] }] }))).toBe('- [x] done\n- [ ] not yet')
    expect(textOf(doc({ type: 'expand', attrs: { title: 'More' }, content: [paragraph({ type: 'inlineCard', attrs: { url: 'https://example.com/1' } })] }, { type: 'never-heard-of', content: [paragraph(text('still told'))] }))).toBe('More\n\nhttps://example.com/1\n\nstill told')
    for (const nothing of [null, undefined, '', doc(), doc(paragraph()), {}, 7]) expect(textOf(nothing)).toBeNull()
  })

  it('is written as it is read', () => {
    for (const plain of ['One line', 'Two\nlines', 'Two\n\nparagraphs\nof lines', '🎫 <&>"']) expect(textOf(documentOf(plain))).toBe(plain)
  })
})

describe('consent', () => {
  const { account, baseUrl } = jira.oauth!
  it('finds the site that the customer named among those that were consented to', () => {
    const sites = [{ id: 'other', url: 'https://other.atlassian.net' }, { id: '1324a887', url: 'https://acme.atlassian.net' }]
    expect(account!.learns(sites, { site: 'acme' })).toEqual({ cloud_id: '1324a887' })
    expect(baseUrl!({ site: 'acme', cloud_id: '1324a887' })).toBe('https://api.atlassian.com/ex/jira/1324a887')
    for (const odd of [null, 'text', {}, [null], [{ url: 'https://acme.atlassian.net' }], sites.slice(0, 1)]) expect(account!.learns(odd, { site: 'acme' })).toEqual({})
  })

  it('leads from the page of consent to the site at the gateway', async () => {
    const box = await startSandbox({ vendor, size: 20 })
    const oauth: AnyOAuth = boxed(jira, box).oauth!
    const client = { id: 'box-client', secret: 'box-client-secret', redirectUri: 'https://intermodal.example/callback' }
    const setup = { site: 'acme' }
    const consented = await fetch(authorizeAddress(oauth, { client, setup, scopes: scopesFor(oauth, new Set(['ticketing.Ticket'])), state: 's', pkce: null }), { redirect: 'manual' })
    const ask = tokenAsk(oauth, client, setup, { code: new URL(consented.headers.get('location')!).searchParams.get('code')!, pkce: null })
    const { accessToken } = tokensOf(oauth, await (await fetch(ask.url!, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(ask.body) })).json())!
    const get = async (url: string): Promise<unknown> => (await fetch(url, { headers: oauth.headers(accessToken) })).json()
    const learnt = { ...setup, ...oauth.account!.learns(await get(oauth.account!.url), setup) }
    expect(jira.whoami.identity(await get(`${oauth.baseUrl!(learnt)}/rest/api/3/myself`))).toBe('5b10a2844c20165700ede21g')
    await box.close()
  })
})

describe('deliveries', () => {
  const { told, subscribe, subscribed } = jira.webhooks!
  const headers = new Headers({ 'x-atlassian-webhook-identifier': 'delivery-1' })
  it('name what they are about, by the ids that lists use', () => {
    const at = '2026-03-26T16:24:52.503Z'
    const event = (webhookEvent: string, subject: object) => told({ timestamp: Date.parse(at), webhookEvent, ...subject }, headers)
    expect(event('jira:issue_updated', { issue: { id: '10002', key: 'EX-1' } })).toEqual([{ model: 'ticketing.Ticket', remoteId: '10002', what: 'changed', eventId: 'delivery-1', at }])
    expect(event('comment_deleted', { comment: { id: '10000' }, issue: { id: '10002' } })).toMatchObject([{ model: 'ticketing.Comment', remoteId: '10000', what: 'deleted' }])
    expect(event('project_soft_deleted', { project: { id: 10000 } })).toMatchObject([{ model: 'ticketing.Project', remoteId: '10000', what: 'deleted' }, { model: 'ticketing.Collection', what: 'deleted' }])
    expect(event('project_restored_deleted', { project: { id: 10000 } }).map(({ what }) => what)).toEqual(['changed', 'changed'])
    expect(event('sprint_started', { sprint: { id: 1 } })).toEqual([])
    const [ask] = subscribe!({ url: 'https://intermodal.example/hooks/1', secret: 's', models: ['ticketing.Comment', 'ticketing.Tag'], setup: {} })
    expect(ask!.body).toMatchObject({ events: ['comment_created', 'comment_updated', 'comment_deleted'], secret: 's' })
    expect(subscribed!({ name: 'Intermodal', self: 'https://acme.atlassian.net/rest/webhooks/1.0/webhook/72' })).toEqual({ id: '72', secret: null, expiresInSeconds: null })
  })
})
