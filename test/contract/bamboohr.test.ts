import { createHmac } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isSigned, notOffered, writeRequest, type Send, type UpstreamRequest } from '#kit'
import { openBench, walk } from '../conformance/walk.ts'
import { bamboohr } from '../../providers/bamboohr/index.ts'
import { contractTitle, exampleOf, openContract } from './openapi.ts'

// BambooHR's own OpenAPI document: https://documentation.bamboohr.com
const options = { files: ['specs/bamboohr/public.yaml'], prefix: '/api/v1' }
const contract = openContract(options)!
/** "Null if not set", say the descriptions of two properties whose words do not hold null. */
const contradictory = /\/(?:isStudent|isUsCitizen) must be equal to one of the allowed values$/

/** A word without the vendor's beside it. */
const bare = (value: unknown): unknown => (value !== null && typeof value === 'object' && 'ours' in value ? value.ours : value)

/** Whether a key opens it, and whether what consent asks for does. */
function opensTo({ method, path }: Pick<UpstreamRequest, 'method' | 'path'>): { readonly key: boolean; readonly consent: boolean } {
  const { security = [] } = contract.operationOf(method, path)!.operation as { readonly security?: readonly Readonly<Record<string, readonly string[]>>[] }
  return { key: security.some((scheme) => 'basic' in scheme), consent: security.some(({ oauth }) => oauth?.every((scope) => Object.hasOwn(bamboohr.oauth!.scopes, scope))) }
}

interface Exchange { readonly request: { readonly method: 'GET'; readonly path: string; readonly body?: unknown }; readonly response: { readonly status: number; readonly body: unknown } }

describe.skipIf(contract === null)(contractTitle(contract, options), () => {
  it('knows every request that the adapter makes, its parameters and its body, and allows every answer of the box', async () => {
    const bench = await openBench(bamboohr, 60)
    const wrong = new Set<string>()
    const send: Send = async (request) => {
      const answer = await bench.send(request)
      for (const error of [...contract.unknownOf(request), ...(request.body === undefined ? [] : contract.requestErrors(request)), ...contract.answerErrors(request, answer.status, answer.body)]) wrong.add(`${request.path.replaceAll(/\d+/g, 'n')}: ${error}`)
      return answer
    }
    await send({ method: 'GET', path: bamboohr.whoami.path })
    for (const resource of bamboohr.resources) {
      await walk(resource, send, { setup: bench.setup, deletions: true })
      if (resource.read.incremental !== 'full_only') await walk(resource, send, { setup: bench.setup, since: new Date('2026-01-01T00:00:00Z') })
    }
    await bench.close()
    expect(bench.asked.length).toBeGreaterThan(100)
    expect(bench.asked.filter((request) => !opensTo(request).key || !opensTo(request).consent).map(({ path }) => path)).toEqual([])
    // Which is why employees are not read from their own list.
    expect(opensTo({ method: 'GET', path: '/employees' })).toEqual({ key: false, consent: true })
    expect([...wrong].filter((error) => !contradictory.test(error))).toEqual([])
    expect(contract.unknownOf({ method: 'GET', path: '/employees/changed', query: { never_heard_of: 1 } })).toEqual(['/api/v1/employees/changed?never_heard_of'])
    expect(contract.unknownOf({ method: 'GET', path: '/never-heard-of' })).toHaveLength(1)
    expect(contract.requestErrors({ method: 'GET', path: '/benefit/employee_benefit', body: { filters: {} } })).not.toEqual([])
    expect(contract.answerErrors({ method: 'GET', path: '/employeedependents' }, 200, { 'Employee Dependents': [{ id: 7 }] })).not.toEqual([])
  })

  it.each(globSync('providers/bamboohr/fixtures/*.json'))('allows what the fixture says that it answers: %s', (fixture) => {
    const { exchanges } = JSON.parse(readFileSync(fixture, 'utf8')) as { exchanges: Exchange[] }
    for (const { request, response } of exchanges) expect(contract.answerErrors(request, response.status, response.body), request.path).toEqual([])
  })

  const requested = exampleOf('bamboohr/examples/get-api-v1-time-off-requests.json') as object[] | null
  it.skipIf(requested === null)('shows a request for time off of which an id and an employee are all that is kept', () => {
    const [example] = requested!
    const { identity, fields } = bamboohr.resources.find(({ model }) => model.id === 'hris.TimeOff')!
    const read = Object.fromEntries(Object.entries(fields as Readonly<Record<string, (row: object, context: object) => unknown>>).map(([field, answer]) => [field, answer(example!, {})]))
    expect([identity.remoteId(example), read]).toEqual(['1348', { employee: '5', approver: null, status: null, employee_note: null, units: null, amount: null, request_type: null, start_time: null, end_time: null }])
  })

  it('takes every body that is written', () => {
    const context = { setup: {}, remoteId: '4711', at: new Date('2026-03-04T05:06:07Z'), remoteFields: { customTshirtsize: 'M' } }
    const inputs: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
      'hris.Employee': { first_name: 'Ava', last_name: 'Nguyen', preferred_name: 'A.', employee_number: 'E-9', work_email: 'ava@example.com', personal_email: 'ava@home.example', mobile_phone_number: '801-555-0100', ssn: '900-00-0001', gender: 'FEMALE', ethnicity: 'White', marital_status: 'SINGLE', date_of_birth: '1990-02-03T00:00:00.000Z', start_date: '2026-12-01T00:00:00.000Z' },
      'hris.TimeOff create': { employee: '123', start_time: '2026-12-21T00:00:00.000Z', end_time: '2026-12-23T00:00:00.000Z', request_type: '78', status: 'DECLINED', amount: 24, employee_note: 'Away' },
      'hris.TimeOff update': { status: 'APPROVED', employee_note: 'Enjoy' },
      'hris.TimesheetEntry': { employee: '123', hours_worked: 3.5, start_time: '2026-11-20T09:00:00.000Z' },
      'hris.Dependent': { employee: '123', first_name: 'Kim', middle_name: 'L.', last_name: 'Nguyen', relationship: 'DOMESTIC_PARTNER', date_of_birth: '1991-02-03T00:00:00.000Z', gender: 'OTHER', phone_number: '801-555-0101', is_student: false, ssn: '900-00-0002' },
    }
    for (const write of bamboohr.writes!) {
      const input = inputs[`${write.model.id} ${write.kind}`] ?? inputs[write.model.id]!
      expect(Object.keys(input).toSorted()).toEqual([...(write.accepts as readonly string[])].toSorted())
      const { customTshirtsize, ...plain } = context.remoteFields
      const request = writeRequest(write, input, write.model.name === 'Employee' ? { ...context, remoteFields: { customTshirtsize } } : { ...context, remoteFields: plain }, 'key-1')
      expect([...contract.unknownOf(request), ...contract.requestErrors(request)], `${write.kind} ${write.model.id}`).toEqual([])
    }
    const [create] = bamboohr.writes!
    expect(writeRequest(create!, inputs['hris.Employee']!, context, 'key-1').body).toMatchObject({ firstName: 'Ava', gender: 'Female', maritalStatus: 'Single', hireDate: '2026-12-01', customTshirtsize: 'M' })
    expect(contract.requestErrors({ method: 'POST', path: '/employees', body: { firstName: 'Ava' } })).not.toEqual([])
    expect(contract.requestErrors({ method: 'PUT', path: '/employees/123/time_off/request', body: { status: 'requested', start: '2026-12-21', end: '2026-12-23', timeOffTypeId: 'VACATION' } })).not.toEqual([])
  })

  it('allows what the box answers to writes and subscriptions, and what was written comes back when it is read', async () => {
    const bench = await openBench(bamboohr, 40)
    const wrong: string[] = []
    const send = async (request: UpstreamRequest) => {
      const answer = await bench.send(request)
      expect(opensTo(request), request.path).toEqual({ key: true, consent: true })
      wrong.push(...contract.answerErrors(request, answer.status, answer.body))
      return answer
    }
    const written = async (model: string, kind: 'create' | 'update', input: Readonly<Record<string, unknown>>, changed = '') => {
      const write = bamboohr.writes!.find((one) => one.kind === kind && one.model.name === model)!
      const remoteId = write.remoteId(await send(writeRequest(write, input, { setup: bench.setup, remoteId: changed, at: new Date('2026-03-04T05:06:07Z'), remoteFields: {} }, 'key-1'))) ?? changed
      const resource = bamboohr.resources.find((one) => one.model.name === model)!
      const row = (await walk(resource, bench.send, { setup: bench.setup })).rows.find((one) => resource.identity.remoteId(one) === remoteId)
      const read = Object.fromEntries(Object.keys(input).map((field) => [field, bare((resource.fields as Readonly<Record<string, (of: unknown, context: object) => unknown>>)[field]!(row, { baseUrl: bench.baseUrl, setup: bench.setup }))]))
      return { remoteId, read }
    }
    const hire = { first_name: 'Ava', last_name: 'Nguyen', preferred_name: 'A.', employee_number: 'E-9', work_email: 'ava@example.com', personal_email: 'ava@home.example', mobile_phone_number: '801-555-0100', ssn: '900-00-0001', gender: 'FEMALE', marital_status: 'SINGLE', date_of_birth: '1990-02-03T00:00:00.000Z', start_date: '2026-12-01T00:00:00.000Z' }
    const { remoteId: employee, read } = await written('Employee', 'create', hire)
    expect(read).toEqual(hire)
    expect((await written('Employee', 'update', { last_name: 'Park', personal_email: null }, employee)).read).toEqual({ last_name: 'Park', personal_email: null })
    const holiday = { employee, start_time: '2026-12-21T00:00:00.000Z', end_time: '2026-12-23T00:00:00.000Z', amount: 24, employee_note: 'Away' }
    const requested = await written('TimeOff', 'create', { ...holiday, request_type: '78' })
    expect(requested.read).toEqual({ ...holiday, request_type: 'VACATION' })
    expect((await written('TimeOff', 'update', { status: 'DECLINED' }, requested.remoteId)).read).toEqual({ status: 'DECLINED' })
    const hours = { employee, hours_worked: 3.5, start_time: `${new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10)}T00:00:00.000Z` }
    expect((await written('TimesheetEntry', 'create', hours)).read).toEqual(hours)
    const child = { employee, first_name: 'Kim', last_name: 'Park', relationship: 'CHILD', date_of_birth: '2019-02-03T00:00:00.000Z', is_student: true }
    expect((await written('Dependent', 'create', child)).read).toEqual(child)
    const [ask] = bamboohr.webhooks!.subscribe!({ url: 'https://intermodal.example/hooks/1', secret: '', models: ['hris.Employee'], setup: bench.setup })
    expect(bamboohr.webhooks!.subscribed!((await send({ ...ask!, method: 'POST' })).body)).toMatchObject({ id: '1', secret: expect.stringMatching(/\S/) })
    await expect(bench.send({ method: 'POST', path: '/employees', body: { firstName: 'Nobody' } })).rejects.toMatchObject({ code: 'upstream.rejected' })
    await bench.close()
    expect(wrong).toEqual([])
  })

  it('says what became of a write where the adapter looks for it', () => {
    const answered = (body: unknown, headers: Readonly<Record<string, string>> = {}) => ({ status: 201, headers: new Headers(headers), body })
    const idOf = (model: string, answer: ReturnType<typeof answered>) => bamboohr.writes!.find((write) => write.kind === 'create' && write.model.name === model)!.remoteId(answer)
    // The one shows the address in the web application, the other that of the interface: the id is at the end of both.
    for (const location of ['https://acme.bamboohr.com/employees/employee.php?id=44259', 'https://api.bamboohr.com/api/gateway.php/acme/v1/employees/44259']) expect(idOf('Employee', answered(null, { location }))).toBe('44259')
    expect(idOf('TimeOff', answered({ id: '1352', employeeId: '123' }))).toBe('1352')
    const entry = [{ id: 5, employeeId: 123, date: '2026-11-20', start: null, end: null, timezone: null, hours: 3.5, note: null, projectInfo: null, breakInfo: null }]
    expect(contract.answerErrors({ method: 'POST', path: '/time_tracking/hour_entries/store' }, 201, entry)).toEqual([])
    expect(idOf('TimesheetEntry', answered(entry))).toBe('5')
    const kin = { 'Employee Dependents': [{ id: '17', employeeId: '123', firstName: 'Kim' }] }
    expect(contract.answerErrors({ method: 'POST', path: '/employeedependents' }, 200, kin)).toEqual([])
    expect(idOf('Dependent', answered(kin))).toBe('17')
  })

  it('takes the subscription, and describes the deliveries that are understood', () => {
    const { subscribe, subscribed, unsubscribe, told } = bamboohr.webhooks!
    const [ask] = subscribe!({ url: 'https://intermodal.example/hooks/1', secret: 'unused', models: ['hris.Employee'], setup: {} })
    expect([...contract.unknownOf({ ...ask!, method: 'POST' }), ...contract.requestErrors({ ...ask!, method: 'POST' })]).toEqual([])
    const made = { id: '4', name: 'Intermodal', created: '2026-11-20 22:38:01', lastSent: null, url: 'https://intermodal.example/hooks/1', format: 'json', privateKey: 'canary', includeCompanyDomain: false, events: ['employee.deleted'] }
    expect(contract.answerErrors({ method: 'POST', path: '/webhooks' }, 201, made)).toEqual([])
    expect(subscribed!(made)).toEqual({ id: '4', secret: 'canary', expiresInSeconds: null })
    expect(contract.unknownOf({ ...unsubscribe!({ id: '4', secret: null, expiresInSeconds: null }), method: 'DELETE' })).toEqual([])
    const delivery = { type: 'employee.updated', timestamp: '2026-01-31T18:42:00+0000', data: { companyId: '12345', employeeId: '67890', changedFields: ['firstName'] } }
    expect(told(delivery, new Headers())).toEqual([{ model: 'hris.Employee', remoteId: '67890', what: 'changed', eventId: null, at: '2026-01-31T18:42:00.000Z' }])
    expect(told({ ...delivery, type: 'employee.deleted' }, new Headers())[0]).toMatchObject({ what: 'deleted' })
    expect(told({ ...delivery, type: 'company.updated' }, new Headers())).toEqual([])
    // The body first, then the time.
    const [body, at] = [JSON.stringify(delivery), '1769884920']
    const signedAs = (text: string) => isSigned(bamboohr.webhooks!.signature, 'canary', { method: 'POST', url: 'https://intermodal.example/hooks/1', body, headers: new Headers({ 'x-bamboohr-timestamp': at, 'x-bamboohr-signature': createHmac('sha256', 'canary').update(text).digest('hex') }) }, new Date(Number(at) * 1000))
    expect([signedAs(body + at), signedAs(at + body), signedAs(body)]).toEqual([true, false, false])
  })

  it('names the scopes that are asked for', () => {
    const { components } = contract.documents[0] as { components: { securitySchemes: { oauth: { flows: { authorizationCode: { authorizationUrl: string; tokenUrl: string; scopes: Record<string, string> } } } } } }
    const { authorizationUrl, tokenUrl, scopes } = components.securitySchemes.oauth.flows.authorizationCode
    expect(Object.keys(bamboohr.oauth!.scopes).filter((scope) => !Object.hasOwn(scopes, scope))).toEqual([])
    expect([new URL(bamboohr.oauth!.authorizeUrl({ subdomain: 'acme' })).pathname, new URL(bamboohr.oauth!.tokenUrl({ subdomain: 'acme' })).pathname]).toEqual([authorizationUrl, tokenUrl])
  })

  it('has no place for what is said to be missing', () => {
    expect(bamboohr.resources.flatMap(({ model, fields }) => Object.entries(fields as object).filter(([, read]) => read === notOffered).map(([field]) => `${model.id}.${field}`)).toSorted()).toEqual(Object.keys(missing).toSorted())
    for (const [field, { path, names }] of Object.entries(missing)) expect(names.filter((name) => namesIn(path).has(name)), field).toEqual([])
    expect(['hireDate', 'departmentId', 'reportsToId'].filter((name) => !namesIn('/employees/4').has(name))).toEqual([])
  })
})

/** Where each field would have to be, and under what names. The columns of tables are not in the contract: https://documentation.bamboohr.com/docs/table-name-fields */
const missing: Readonly<Record<string, { readonly path: string; readonly names: readonly string[] }>> = {
  'hris.Employee.username': { path: '/employees/4', names: ['username', 'userName', 'login'] },
  'hris.Employee.remote_created_at': { path: '/employees/4', names: ['created', 'createdAt', 'createdDate'] },
  'hris.Employment.pay_group': { path: '/employees/4/tables/compensation', names: ['payGroup', 'payGroupId'] },
  'hris.Group.parent_group': { path: '/meta/lists', names: ['parent', 'parentId', 'parentOptionId'] },
  'hris.Group.group_url': { path: '/meta/lists', names: ['url', 'href', '_links'] },
  'hris.Team.parent_team': { path: '/meta/lists', names: ['parent', 'parentId', 'parentOptionId'] },
  'hris.Company.eins': { path: '/company_information', names: ['ein', 'eins', 'fein', 'taxId'] },
  'hris.EmployerBenefit.description': { path: '/benefit/company_benefit', names: ['description', 'summary', 'notes'] },
}

/** Every property that the answer of an address may have, wherever in it. */
function namesIn(path: string): ReadonlySet<string> {
  const found = new Set<string>()
  const visited = new Set<string>()
  const visit = (node: unknown): void => {
    JSON.stringify(node, (key, value: unknown) => {
      if (key === 'properties' && typeof value === 'object' && value !== null) for (const name of Object.keys(value)) found.add(name)
      if (key === '$ref' && typeof value === 'string' && !visited.has(value)) {
        visited.add(value)
        visit(value.slice(2).split('/').reduce<unknown>((inner, part) => (inner as Readonly<Record<string, unknown>>)[part], contract.documents[0]))
      }
      return value
    })
  }
  visit(contract.operationOf('GET', path)!.operation.responses['200'])
  return found
}
