/** SOQL, describes and single records, with the errors that Salesforce has for them. */
import { formOf, ok, parseQuery, route, selected, type SandboxAnswer, type SandboxRequest, type SandboxRoute } from '#kit'
import { VERSION } from '../vendor.ts'
import { idFor, living, stamp, touch, type Fields, type Stored, type Table, type World } from './world.ts'

const BASE = `/services/data/${VERSION}`
/** Ten times less than Salesforce sends, so that a small world has pages. */
const PAGE = 200

export const refused = (status: number, errorCode: string, message: string, fields?: readonly string[], headers: Readonly<Record<string, string>> = {}): SandboxAnswer => ({ status, headers, body: [{ message, errorCode, ...(fields !== undefined && { fields }) }] })
const noSuchPlace = refused(404, 'NOT_FOUND', 'The requested resource does not exist')

function pageOf(rows: readonly object[], size: number, world: World): SandboxAnswer {
  const left = rows.slice(PAGE)
  const place = `${BASE}/query/01g5g00000Place${world.places.size}-${PAGE}`
  if (left.length > 0) world.places.set(place, { left, size })
  return ok({ totalSize: size, done: left.length === 0, ...(left.length > 0 && { nextRecordsUrl: place }), records: rows.slice(0, PAGE) })
}

/** `query` does not show what is in the recycle bin, `queryAll` does. */
const queried = (isAll: boolean) => ({ query }: SandboxRequest, world: World): SandboxAnswer => {
  const text = query.get('q') ?? ''
  const name = /\bfrom\s+(\w+)/i.exec(text)?.[1] ?? ''
  const table = world.tables.get(name)
  if (table === undefined) return refused(400, 'INVALID_TYPE', `sObject type '${name}' is not supported.`)
  // `Queue.Name` is a column of the record that a field leads to.
  const columns = new Set(table.description.fields.flatMap((field) => [field.name, `${String(field.relationshipName)}.`]))
  const strange = new Set<string>()
  const known = (column: string): string => { if (!columns.has(column.replace(/\..*/, '.'))) strange.add(column); return column }
  const parsed = parseQuery(text, (row, column) => known(column).split('.').reduce<unknown>((inner, part) => (inner as Fields | null | undefined)?.[part], row))
  if (typeof parsed === 'string') return refused(400, 'MALFORMED_QUERY', parsed)
  const all = parsed.select.some((column) => /^fields\(all\)$/i.test(column))
  if (all && (parsed.limit ?? Infinity) > 200) return refused(400, 'MALFORMED_QUERY', 'The SOQL FIELDS function must have a LIMIT of at most 200')
  if (new Set(parsed.select).size < parsed.select.length) return refused(400, 'INVALID_FIELD', 'duplicate field selected')
  const wanted = all ? table.description.fields.map((field) => field.name) : parsed.select.map(known)
  const found = parsed.sort((isAll ? table.records : living(table)).filter(parsed.matches)).slice(0, parsed.limit ?? Infinity)
  if (strange.size > 0) return refused(400, 'INVALID_FIELD', `No such column '${[...strange].join('\', \'')}' on entity '${name}'.`)
  return pageOf(found.map((row) => ({ attributes: { type: name, url: `${BASE}/sobjects/${name}/${String(row['Id'])}` }, ...selected(row, wanted) })), found.length, world)
}

/** What is wrong with a record that somebody wants to save. */
function complaint({ description }: Table, body: unknown, isNew: boolean): SandboxAnswer | null {
  const given = (body ?? {}) as Fields
  const lists = ['TaskWhoIds', 'EventWhoIds']
  const strange = Object.keys(given).find((name) => !lists.includes(name) && !description.fields.some((field) => field.name === name))
  if (strange !== undefined) return refused(400, 'INVALID_FIELD', `No such column '${strange}' on sobject of type ${description.name}`)
  const missing = isNew ? (REQUIRED[description.name] ?? []).filter((name) => (given[name] ?? '') === '') : []
  return missing.length === 0 ? null : refused(400, 'REQUIRED_FIELD_MISSING', `Required fields are missing: [${missing.join(', ')}]`, missing)
}
const REQUIRED: Readonly<Record<string, readonly string[]>> = { Account: ['Name'], Contact: ['LastName'], Lead: ['LastName', 'Company'], Opportunity: ['Name', 'StageName', 'CloseDate'], Note: ['Title', 'ParentId'], CaseComment: ['ParentId'] }

const one = (world: World, { params }: SandboxRequest): { readonly table: Table; readonly record: Stored } | null => {
  const table = world.tables.get(params['object'] ?? '')
  const record = living(table).find(({ Id }) => Id === params['id'])
  return table === undefined || record === undefined ? null : { table, record }
}

export const apiRoutes: readonly SandboxRoute<World>[] = [
  route('GET', `${BASE}/query`, queried(false)),
  route('GET', `${BASE}/queryAll`, queried(true)),
  route('GET', `${BASE}/query/:place`, ({ path }, world) => { const place = world.places.get(path); return place === undefined ? refused(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator') : pageOf(place.left, place.size, world) }),
  route('GET', `${BASE}/sobjects`, (_, { classes }) => ok({ encoding: 'UTF-8', maxBatchSize: 200, sobjects: classes })),
  route('GET', `${BASE}/sobjects/:object/describe`, ({ params }, { tables }) => { const table = tables.get(params['object']!); return table === undefined ? noSuchPlace : ok(table.description) }),
  route('GET', `${BASE}/sobjects/:object/:id`, (request, world) => { const found = one(world, request); return found === null ? noSuchPlace : ok({ attributes: { type: found.table.description.name, url: request.path }, ...found.record }) }),
  route('POST', `${BASE}/sobjects/:object`, ({ params, body }, { tables }) => {
    const table = tables.get(params['object']!)
    if (table === undefined) return noSuchPlace
    const wrong = complaint(table, body, true)
    if (wrong !== null) return wrong
    const Id = idFor(table.description.name, 100_000 + table.records.length)
    const now = stamp(new Date())
    table.records.push({ ...Object.fromEntries(table.description.fields.map(({ name }) => [name, null])), ...body as Fields, Id, IsDeleted: false, CreatedDate: now, SystemModstamp: now, LastModifiedDate: now })
    return { status: 201, body: { id: Id, success: true, errors: [] } }
  }),
  route('PATCH', `${BASE}/sobjects/:object/:id`, (request, world) => {
    const found = one(world, request)
    if (found === null) return noSuchPlace
    const wrong = complaint(found.table, request.body, false)
    if (wrong === null) touch(found.record, request.body as Fields, new Date())
    return wrong ?? { status: 204, body: null }
  }),
  route('DELETE', `${BASE}/sobjects/:object/:id`, (request, world) => {
    const found = one(world, request)
    if (found !== null) touch(found.record, { IsDeleted: true }, new Date())
    return found === null ? noSuchPlace : { status: 204, body: null }
  }),
]

/** The client credentials flow: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm */
export const tokenRoute = (client: { readonly client_id: string; readonly client_secret: string }, consent: SandboxRoute<World>): SandboxRoute<World> => route('POST', '/services/oauth2/token', (request, world) => {
  const form = formOf(request)
  if (form.get('grant_type') !== 'client_credentials') return consent.answer(request, world)
  if (form.get('client_id') !== client.client_id) return { status: 400, body: { error: 'invalid_client_id', error_description: 'client identifier invalid' } }
  if (form.get('client_secret') !== client.client_secret) return { status: 400, body: { error: 'invalid_client', error_description: 'invalid client credentials' } }
  return ok({ access_token: world.desk.issue(7200), instance_url: request.origin, id: `${request.origin}/id/${idFor('Organization', 1)}/${idFor('User', 1)}`, token_type: 'Bearer', issued_at: String(Date.now()), scope: 'api' })
})
