import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { reading, writeRequest, type AnyWrite, type Send, type UpstreamRequest } from '#kit'
import { Fault } from '#src/errors'
import { recordId } from '#src/records/ids'
import { mapRow } from '#src/sync/map'
import { readPage } from '#src/sync/pages'
import { firstPlace } from '#src/sync/place'
import { openBench, walk } from '../conformance/walk.ts'
import { company } from '../../providers/personio/company.ts'
import { personio } from '../../providers/personio/index.ts'
import { team } from '../../providers/personio/team.ts'
import { timeOff } from '../../providers/personio/time-off.ts'
import { contractTitle, exampleOf, openContract } from './openapi.ts'

// Version 1, as Personio publishes it: https://github.com/personio/api-docs. Its paths are below /v1.
const options = { files: ['specs/personio/personio-personnel-data-api-oa3.yaml', 'specs/personio/personio-auth-api.yaml'] }
const contract = openContract(options)
const material = process.env['INTERMODAL_TEST_MATERIAL'] ?? '../shared'
const read = (file: string): unknown => JSON.parse(readFileSync(join(material, file), 'utf8'))
const COMPONENTS = 'specs/personio/common-components-v2.json'

const inContract = <R extends { readonly path: string }>(request: R): R => ({ ...request, path: request.path.replace(/^\/v1\//, '/') })
const isPublished = ({ path }: { readonly path: string }): boolean => path.startsWith('/v1/')
/** Version 2 has no published contract, only pages: https://developer.personio.de/reference/get_v2-attendance-periods and https://developer.personio.de/reference/listorgunits. */
const ofThePages: Readonly<Record<string, readonly string[]>> = { '/v2/attendance-periods': ['limit', 'cursor', 'updated_at.gte'], '/v2/org-units': ['type', 'limit', 'cursor'] }

/** Where the contract is not of one mind with itself or with Personio. */
const answersKnown = [
  // Every answer has an object in `data`, lists have an array there as well: both at once.
  /^\/data must be object$/,
  // It forgets that an employee may have none: no supervisor, no team.
  /^\/data\/\d+\/attributes\/(?:supervisor|team)\/value must be object$/,
  // What was made is below `data` in the example, and below a second one in the schema.
  /^\/data must have required property '(?:success|data)'$/,
  // The schema has the id outside of `attributes`, the example beside it inside.
  /^\/data\/\d+\/attributes\/absence_type must have required property 'id'$/,
]
const isNews = (message: string): boolean => !answersKnown.some((known) => known.test(message))
/** The contract says booleans; in a form they are 0 and 1, as Personio's own collection of requests has them. */
const requestsKnown = /^\/(?:half_day_start|half_day_end|skip_approval) must be boolean$/

const linkedAccountId = '00000000-0000-8000-8000-000000000001'
const since = new Date('2026-01-01T10:11:12Z')
const writeOf = (name: string, kind = 'create'): AnyWrite => personio.writes!.find((write) => write.model.name === name && write.kind === kind)!
const written = (name: string, input: Readonly<Record<string, unknown>>, remoteFields: Readonly<Record<string, unknown>> = {}): UpstreamRequest => inContract(writeRequest(writeOf(name), input, { setup: { time_zone: 'Europe/Berlin' }, remoteId: '', at: new Date('2026-03-04T05:06:07Z'), remoteFields }, 'key'))

describe.skipIf(contract === null)(contractTitle(contract, options), () => {
  it('knows every request that the adapter makes, and allows every answer of the box', async () => {
    const bench = await openBench(personio, 60)
    const wrong: string[] = []
    const send: Send = async (request) => {
      const answer = await bench.send(request)
      if (isPublished(request)) wrong.push(...contract!.answerErrors(inContract(request), answer.status, answer.body))
      return answer
    }
    for (const resource of personio.resources) {
      await walk(resource, send, { setup: bench.setup })
      if (resource.read.incremental !== 'full_only') await walk(resource, send, { setup: bench.setup, since })
    }
    await bench.close()
    expect(bench.asked.length).toBeGreaterThan(50)
    expect([...new Set(bench.asked.filter(isPublished).flatMap((request) => contract!.unknownOf(inContract(request))))]).toEqual([])
    for (const { path, query = {} } of bench.asked.filter((request) => !isPublished(request))) expect(ofThePages[path]).toEqual(expect.arrayContaining(Object.keys(query)))
    expect([...new Set(wrong)].filter(isNews)).toEqual([])
    expect(contract!.unknownOf({ method: 'GET', path: '/company/employees', query: { updated_from: 1 } })).toEqual(['/company/employees?updated_from'])
    expect(contract!.unknownOf({ method: 'GET', path: '/company/offices' })).toHaveLength(1)
  })

  it('asks for changes in the forms that it documents', async () => {
    const bench = await openBench(personio, 10)
    for (const resource of personio.resources.filter(({ read }) => read.incremental !== 'full_only')) await walk(resource, bench.send, { setup: bench.setup, since })
    await bench.close()
    const asked = new Set(bench.asked.flatMap(({ path, query = {} }) => ['updated_since', 'updated_from', 'updated_at.gte'].filter((name) => query[name] !== undefined).map((name) => `${path}?${name}=${String(query[name])}`)))
    expect([...asked].toSorted()).toEqual([
      '/v1/company/absence-periods?updated_from=2026-01-01T00:00:00Z', '/v1/company/employees?updated_since=2026-01-01T10:11:12', '/v1/company/time-offs?updated_from=2026-01-01', '/v2/attendance-periods?updated_at.gte=2026-01-01T10:11:12',
    ])
  })

  it.each(globSync('providers/personio/fixtures/*.json'))('allows what is on record: %s', (fixture) => {
    const { exchanges } = JSON.parse(readFileSync(fixture, 'utf8')) as { exchanges: { request: { method: 'GET'; path: string }; response: { status: number; body: unknown } }[] }
    for (const { request, response } of exchanges.filter((exchange) => isPublished(exchange.request))) {
      expect(contract!.answerErrors(inContract(request), response.status, response.body).filter(isNews), request.path).toEqual([])
      // The list of attributes has an example and no schema.
      if (!request.path.endsWith('/attributes')) expect(contract!.answerErrors(inContract(request), response.status, { data: 'x' }).filter(isNews), request.path).not.toEqual([])
    }
  })

  it('lets us in, and asks for the whole of the credentials', () => {
    const { auth } = personio
    if (auth.kind !== 'token_exchange') throw new Error('Personio exchanges credentials for a token.')
    const ask = inContract(reading({ method: 'POST', ...auth.ask({ client_id: 'a', client_secret: 'b' }, { time_zone: 'UTC' }) }))
    expect(contract!.requestErrors(ask)).toEqual([])
    expect(contract!.requestErrors({ ...ask, body: { client_id: 'a' } })).toHaveLength(1)
    const answer = { success: true, data: { token: 'papi-token', expires_in: 86_400, scope: 'employees:read absences:read' } }
    expect(contract!.answerErrors(ask, 200, answer)).toEqual([])
    expect(auth.session(answer)).toEqual({ token: 'papi-token', expiresInSeconds: 86_400 })
    for (const odd of [null, 'text', {}, { data: null }, { success: true, data: { token: '' } }]) expect(auth.session(odd)).toBeNull()
  })

  it('takes an employee as we write one, with what has no field of ours beside it', () => {
    const request = written('Employee', { work_email: 'a@example.com', first_name: 'Ada', last_name: 'Lovelace', gender: 'NON-BINARY', hire_date: '2026-03-04T00:00:00.000Z', employment_status: 'PENDING', manager: '1007' }, { dynamic_7: 'Dr', office: 'Berlin' })
    expect(request.body).toEqual({ employee: { office: 'Berlin', email: 'a@example.com', first_name: 'Ada', last_name: 'Lovelace', gender: 'diverse', hire_date: '2026-03-04', status: 'onboarding', supervisor_id: 1007, custom_attributes: { dynamic_7: 'Dr' } } })
    expect(contract!.requestErrors(request)).toEqual([])
    expect(contract!.requestErrors({ ...request, body: { employee: { first_name: 'Ada', hire_date: '4.3.2026' } } }).length).toBeGreaterThan(1)
    expect(writeOf('Employee').remoteId({ status: 200, headers: new Headers(), body: { success: true, data: { id: 81723, message: 'success' } } })).toBe('81723')
  })

  it('takes a change of an employee as we write one', () => {
    const request = inContract(writeRequest(writeOf('Employee', 'update'), { last_name: 'King', gender: 'FEMALE', employment_status: 'INACTIVE', manager: null }, { setup: {}, remoteId: '4567', at: new Date('2026-03-04T05:06:07Z'), remoteFields: { dynamic_7: 'Dr', position: 'Analyst' } }, 'key'))
    expect([request.method, request.path, request.body]).toEqual(['PATCH', '/company/employees/4567', { employee: { position: 'Analyst', last_name: 'King', gender: 'female', status: 'inactive', supervisor_id: null, custom_attributes: { dynamic_7: 'Dr' } } }])
    expect(contract!.unknownOf(request)).toEqual([])
    // It is said of a manager in words that null takes one away, and its type does not hold it.
    expect(contract!.requestErrors(request)).toEqual(['/employee/supervisor_id must be number'])
    expect(contract!.requestErrors({ ...request, body: { employee: { hire_date: '4.3.2026' } } })).not.toEqual([])
  })

  it('takes absences as we write them, in days and in hours', () => {
    const days = written('TimeOff', { employee: '4567', start_time: '2026-03-04T00:00:00.000Z', end_time: '2026-03-05T00:00:00.000Z', request_type: '54321', status: 'REQUESTED', employee_note: 'Skiing' }, { half_day_end: true })
    expect([days.path, days.form]).toEqual(['/company/time-offs', { employee_id: 4567, time_off_type_id: 54321, start_date: '2026-03-04', end_date: '2026-03-05', half_day_start: 0, half_day_end: 1, comment: 'Skiing', skip_approval: 0 }])
    const hours = written('TimeOff', { employee: '4567', start_time: '2026-03-04T08:30:00.000Z', end_time: '2026-03-04T10:00:00.000Z', request_type: '45678', units: 'HOURS' })
    expect([hours.path, hours.form]).toEqual(['/company/absence-periods', expect.objectContaining({ start_date: '2026-03-04', end_date: '2026-03-04', start_time: '09:30', end_time: '11:00' })])
    for (const request of [days, hours]) {
      expect(contract!.requestErrors(request).filter((message) => !requestsKnown.test(message))).toEqual([])
      expect(contract!.requestErrors({ ...request, form: { ...request.form, employee_id: 'nobody' } })).toContain('/employee_id must be integer')
    }
    const { remoteId } = writeOf('TimeOff')
    for (const [data, id] of [[{ type: 'TimeOffPeriod', attributes: { id: 12345 } }, '12345'], [[{ type: 'AbsencePeriod', attributes: { id: '9bba303f' } }], '9bba303f']] as const) expect(remoteId({ status: 200, headers: new Headers(), body: { success: true, data } })).toBe(id)
  })

  it('says what it dislikes in the words that we tell callers', () => {
    const body = { success: false, error: { code: 422, message: 'Supervisor with ID 1 not found' } }
    expect(contract!.answerErrors({ method: 'POST', path: '/company/employees' }, 422, body)).toEqual([])
    expect(writeOf('Employee').complaints({ status: 422, headers: new Headers(), body })).toEqual([{ message: 'Supervisor with ID 1 not found', field: null }])
  })

  const employeesExample = exampleOf('personio/examples/get-company-employees.json') as { data: { attributes: Record<string, unknown> }[] } | null
  it.skipIf(employeesExample === null)('shows in its examples what the fixtures are made of', async () => {
    const [example] = employeesExample!.data
    const fixture = JSON.parse(readFileSync('providers/personio/fixtures/hris.Employee.json', 'utf8')) as { exchanges: { response: { body: { data: { attributes: unknown }[] } } }[] }
    expect(fixture.exchanges[1]!.response.body.data[0]!.attributes).toMatchObject(example!.attributes)
    // 960 minutes are the two days of its breakdown.
    const payload = exampleOf('personio/examples/get-company-absence-periods.json')
    const kinds = { success: true, data: [{ type: 'TimeOffType', attributes: { id: 45678, name: 'Doctor', category: 'sick_leave', unit: 'hour' } }] }
    const { rows } = await readPage(timeOff, async ({ path }) => ({ status: 200, headers: new Headers(), body: path.endsWith('types') ? kinds : payload, logId: 'example' }), { since: null, place: { ...firstPlace(timeOff), segment: 1 } })
    expect(rows.map(({ row }) => mapRow(timeOff, row, { linkedAccountId, baseUrl: 'https://api.personio.de', setup: {} })).map(({ remoteId, fields, issues }) => ({ remoteId, ...fields, issues }))).toEqual([expect.objectContaining({
      remoteId: '9bba303f-0fbc-4514-9958-0befa21923fb', employee_note: 'this is a comment', units: 'HOURS', amount: 16, request_type: 'SICK', status: 'APPROVED', start_time: '2022-05-31T22:00:00.000Z', end_time: '2022-06-02T22:00:00.000Z', issues: [],
    })])
  })

  it.skipIf(!existsSync(join(material, COMPONENTS)))('has links and errors in version 2 as its common components say', async () => {
    const ajv = new Ajv({ strict: false, validateFormats: false }).addSchema(read(COMPONENTS) as object, 'v2')
    const allows = (name: string, body: unknown): unknown => ajv.validate(`v2#/components/schemas/${name}`, body)
    const bench = await openBench(personio, 200)
    const { body } = await bench.send(reading({ path: '/v2/attendance-periods', query: { limit: 100 } }))
    await bench.close()
    const { _meta: meta } = body as { _meta: { links: { next: { href: string } } } }
    expect([meta.links.next.href, allows('MetaObject', meta), allows('MetaObject', { links: { next: 'x' } })]).toEqual([expect.stringContaining('cursor='), true, false])
    const { troubles } = await personio.sandbox()
    const inVersion2 = troubles.map(({ answer }) => answer.body).filter((one) => JSON.stringify(one).includes('personio_trace_id'))
    expect(inVersion2.map((one) => allows('ErrorResponse', one))).toEqual([true, true])
    expect(allows('ErrorResponse', { errors: 'x' })).toBe(false)
  })
})

it('writes what it then reads', async () => {
  const bench = await openBench(personio, 20)
  const wrote = async (write: AnyWrite, changedId: string, input: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const request = writeRequest(write, input, { setup: bench.setup, remoteId: changedId, at: new Date('2026-03-04T05:06:07Z'), remoteFields: {} }, 'key')
    const answer = await bench.send(request)
    if (isPublished(request)) expect(contract?.answerErrors(inContract(request), answer.status, answer.body).filter(isNews) ?? []).toEqual([])
    const resource = personio.resources.find((one) => one.model === write.model)!
    const { rows } = await walk(resource, bench.send, { setup: bench.setup })
    return rows.map((row) => mapRow(resource, row, { linkedAccountId, baseUrl: bench.baseUrl, setup: bench.setup })).find(({ remoteId }) => remoteId === (write.remoteId(answer) ?? changedId))?.fields
  }
  const made = (name: string, input: Readonly<Record<string, unknown>>): Promise<unknown> => wrote(writeOf(name), '', input)
  const changed = (name: string, changedId: string, input: Readonly<Record<string, unknown>>): Promise<unknown> => wrote(writeOf(name, 'update'), changedId, input)
  const employee = '4002'
  const day = { start_time: '2026-03-04T00:00:00.000Z', end_time: '2026-03-05T00:00:00.000Z' }
  const hours = { start_time: '2026-07-04T08:30:00.000Z', end_time: '2026-07-04T10:00:00.000Z' }
  expect(await made('Employee', { work_email: 'ada@example.com', first_name: 'Ada', last_name: 'Lovelace', gender: 'FEMALE', hire_date: '2026-03-04T00:00:00.000Z', employment_status: 'PENDING', manager: employee })).toMatchObject({ work_email: 'ada@example.com', gender: 'FEMALE', hire_date: '2026-03-04T00:00:00.000Z', employment_status: 'PENDING', manager: recordId(linkedAccountId, 'hris.Employee', employee) })
  expect(await changed('Employee', '4003', { last_name: 'King', employment_status: 'INACTIVE', manager: employee })).toMatchObject({ last_name: 'King', employment_status: 'INACTIVE', manager: recordId(linkedAccountId, 'hris.Employee', employee) })
  expect(await changed('Employee', '4003', { manager: null })).toMatchObject({ last_name: 'King', manager: null })
  await expect(changed('Employee', '4003', { manager: '1' })).rejects.toMatchObject({ code: 'upstream.rejected' })
  await expect(changed('Employee', '4003', { last_name: null })).rejects.toMatchObject({ code: 'request.invalid' })
  expect(await made('TimeOff', { employee, request_type: '54321', ...day, employee_note: 'Skiing', status: 'REQUESTED' })).toMatchObject({ ...day, units: 'DAYS', amount: 2, request_type: 'VACATION', employee_note: 'Skiing', status: 'REQUESTED' })
  expect(await made('TimeOff', { employee, request_type: '45678', ...hours, units: 'HOURS' })).toMatchObject({ ...hours, units: 'HOURS', amount: 1.5, request_type: 'SICK', status: 'APPROVED' })
  expect(await made('TimesheetEntry', { employee, ...hours })).toMatchObject({ ...hours, hours_worked: 1.5 })
  await expect(made('Employee', { work_email: 'b@example.com', first_name: 'B', last_name: 'B', manager: '1' })).rejects.toMatchObject({ code: 'upstream.rejected' })
  await bench.close()
})

it('takes a unit of version 2 for a team of version 1 where number and name agree, and reads teams without any where it is not allowed to', async () => {
  const named = (id: number, name: string) => ({ attributes: { team: { label: 'Team', value: { type: 'Team', attributes: { id, name } } } } })
  const people = { metadata: { total_elements: 4, current_page: 0, total_pages: 1 }, data: [named(1, 'Core'), named(2, 'Renumbered'), named(3, 'Lost'), named(4, 'Top')] }
  const units = [{ id: 1, name: 'Core', parent_id: 4 }, { id: 2, name: 'Another', parent_id: 4 }, { id: 3, name: 'Lost', parent_id: 99 }, { id: 4, name: 'Top', parent_id: null }]
  // Two pages, one unit after the other.
  const send: Send = async ({ path, query, headers }) => {
    const from = query?.['cursor'] === 'two' ? 1 : 0
    expect(path === '/v2/org-units' ? headers : { beta: 'true' }).toEqual({ beta: 'true' })
    const page = { _data: query?.['type'] === 'team' ? units.slice(from, from === 0 ? 1 : 4) : [], _meta: { links: from === 1 ? {} : { next: { href: 'https://api.personio.de/v2/org-units?cursor=two' } } } }
    return { status: 200, headers: new Headers(), body: path === '/v2/org-units' ? page : people, logId: 'log' }
  }
  const parents = async (through: Send) => (await walk(team, through)).rows.map((row) => [team.identity.remoteId(row as never), (team.fields.parent_team as (of: unknown) => unknown)(row)])
  expect(await parents(send)).toEqual([['1', '4'], ['2', null], ['3', null], ['4', null]])
  for (const code of ['upstream.forbidden', 'upstream.not_found'] as const) expect(await parents(async (request) => { if (request.path === '/v2/org-units') throw new Fault(code); return send(request) })).toEqual([['1', null], ['2', null], ['3', null], ['4', null]])
})

it('ends where it has seen all, also where `updated_since` ignores the paging, as the contract has it', async () => {
  const all = Array.from({ length: 250 }, (_, n) => ({ type: 'Employee', attributes: { id: { label: 'ID', value: n + 1 } } }))
  const page = (data: readonly unknown[]) => ({ success: true, metadata: { total_elements: 250, current_page: 0, total_pages: 3 }, data, offset: 0, limit: 100 })
  const asked: unknown[] = []
  const send = (limit: number): Send => async ({ query }) => { asked.push(query?.['offset']); const from = Number(query?.['offset']) * Number(limit < 250); return { status: 200, headers: new Headers(), body: page(all.slice(from, from + limit)), logId: 'log' } }
  expect((await walk(company, send(250), { since })).items).toBe(250)
  expect((await walk(company, send(100), { since })).items).toBe(250)
  expect(asked).toEqual([0, 0, 100, 200])
})

it('hears of people and of their times, and of nothing whose ids it does not know', () => {
  const { told, subscribe } = personio.webhooks!
  const delivery = (event_name: string, payload: unknown) => told({ company_id: '1', occurred_at: '2026-03-04T05:06:07Z', event_name, payload }, new Headers())
  const at = '2026-03-04T05:06:07.000Z'
  expect(delivery('person.deleted', { id: '4567' })).toEqual([{ model: 'hris.Employee', remoteId: '4567', what: 'deleted', eventId: null, at }])
  expect(delivery('employment.deleted', { id: 'e-1', person: { id: '4567' } })).toEqual([{ model: 'hris.Employment', remoteId: '4567', what: 'changed', eventId: null, at }])
  expect(delivery('attendance-period.updated', { id: 'a-1', person: { id: '4567' } })).toEqual([{ model: 'hris.TimesheetEntry', remoteId: 'a-1', what: 'changed', eventId: null, at }])
  for (const [name, payload] of [['employment.updated', { id: 'e-1' }], ['absence-period.created', { id: 'a-1' }], ['person.updated', null], ['document.signed', { id: 'd-1' }]] as const) expect(delivery(name, payload), name).toEqual([])
  const [ask] = subscribe!({ url: 'https://intermodal.example/hooks/1', secret: 'secret-1', models: ['hris.Employee', 'hris.TimeOff'], setup: {} })
  expect(ask).toMatchObject({ method: 'POST', path: '/v2/webhooks', body: { token: 'secret-1', auth_type: 'TOKEN', enabled_events: ['person.created', 'person.updated', 'person.deleted'] } })
})
