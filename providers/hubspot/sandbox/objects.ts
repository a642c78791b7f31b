import { ok, route, type SandboxAnswer, type SandboxRoute } from '#kit'
import { invalid, notFound } from './answers.ts'
import { changedProperty, type BoxObject, type HubspotWorld } from './world.ts'

/** https://developers.hubspot.com/docs/api-reference/latest/crm/understanding-the-crm#object-type-ids */
const names: Readonly<Record<string, string>> = { '0-1': 'contacts', '0-2': 'companies', '0-3': 'deals', '0-5': 'tickets', '0-27': 'tasks', '0-46': 'notes', '0-47': 'meetings', '0-48': 'calls', '0-49': 'emails', '0-136': 'leads' }
const numbers: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(names).map(([number, name]) => [name, number]))
const nameOf = (object: string): string => names[object] ?? object

/** What comes unasked. */
const always = (object: string): string[] => ['hs_object_id', 'createdate', 'hs_createdate', changedProperty(object)]

/** Names that the object does not have are left out, values that it does not have are null. */
function shown(object: string, { id, createdAt, updatedAt, properties }: BoxObject, asked: readonly string[], archived = false): object {
  const picked = [...new Set([...always(object), ...asked])].filter((name) => Object.hasOwn(properties, name))
  return { id, properties: Object.fromEntries(picked.map((name) => [name, properties[name]])), createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString(), archived, url: `https://app.hubspot.com/contacts/2519445/record/${numbers[object] ?? object}/${id}`, ...(archived && { archivedAt: updatedAt.toISOString() }) }
}

/** Names are repeated, or stand behind one another. */
const namesIn = (query: URLSearchParams): string[] => query.getAll('properties').flatMap((one) => one.split(','))

interface Filter { readonly propertyName: string; readonly operator: string; readonly value?: string; readonly values?: readonly string[] }
const rank = (value: string): number | string => (/^\d{4}-\d{2}-\d{2}T/.test(value) ? Date.parse(value) : /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value.toLowerCase())
const operators: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  EQ: (a, b) => rank(a) === rank(b), NEQ: (a, b) => rank(a) !== rank(b), GT: (a, b) => rank(a) > rank(b), GTE: (a, b) => rank(a) >= rank(b), LT: (a, b) => rank(a) < rank(b), LTE: (a, b) => rank(a) <= rank(b),
}
const passes = ({ properties }: BoxObject, { propertyName, operator, value = '' }: Filter): boolean => {
  const has = properties[propertyName]
  return has !== null && has !== undefined && operators[operator]!(has, value)
}

interface Search { readonly filterGroups?: readonly { readonly filters: readonly Filter[] }[]; readonly sorts?: readonly string[]; readonly properties?: readonly string[]; readonly limit?: number; readonly after?: string }
function search(object: string, { filterGroups = [], sorts = [], properties = [], limit = 10, after = '0' }: Search, rows: readonly BoxObject[]): SandboxAnswer {
  if (limit > 200) return invalid('limit must be at most 200')
  if (Number(after) + limit > 10_000) return invalid('paging past 10000 is not possible')
  const unknown = filterGroups.flatMap(({ filters }) => filters).find(({ operator }) => !Object.hasOwn(operators, operator))
  if (unknown !== undefined) return invalid(`There was a problem with the request: ${unknown.operator}`, unknown.propertyName)
  const found = rows.filter((row) => filterGroups.length === 0 || filterGroups.some(({ filters }) => filters.every((filter) => passes(row, filter))))
  const [by = 'hs_object_id'] = sorts
  const [name, sign] = by.startsWith('-') ? [by.slice(1), -1] : [by, 1]
  const value = ({ properties: own }: BoxObject): number | string => rank(own[name] ?? '')
  const sorted = found.toSorted((a, b) => sign * (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0))
  const page = sorted.slice(Number(after), Number(after) + limit)
  const next = Number(after) + page.length
  return ok({ total: found.length, results: page.map((row) => shown(object, row, properties)), ...(next < found.length && { paging: { next: { after: String(next) } } }) })
}

const stamps = { status: 'COMPLETE', startedAt: '2026-03-04T05:06:07.000Z', completedAt: '2026-03-04T05:06:07.120Z' }
const batch = (results: readonly object[], missing: readonly string[], subCategory: string): SandboxAnswer => (missing.length === 0
  ? ok({ ...stamps, results })
  : { status: 207, body: { ...stamps, results, numErrors: missing.length, errors: missing.map((id) => ({ status: 'error', category: 'OBJECT_NOT_FOUND', subCategory, message: `No result for ${id}`, context: { fromObjectId: [id] }, links: {}, errors: [] })) } })

function written(object: string, id: string, properties: Readonly<Record<string, string>>, world: HubspotWorld, row?: BoxObject): SandboxAnswer {
  const known = new Set([...world.objects.get(object)!.flatMap((one) => Object.keys(one.properties)), ...(world.properties.get(object) ?? []).map(({ name }) => name)])
  const stranger = Object.keys(properties).find((name) => !known.has(name))
  if (stranger !== undefined) return invalid(`Property values were not valid: Property "${stranger}" does not exist`, stranger)
  const now = new Date()
  const made = row ?? { id, createdAt: now, updatedAt: now, properties: { hs_object_id: id, [object === 'contacts' ? 'createdate' : 'hs_createdate']: now.toISOString() } }
  for (const [name, value] of Object.entries(properties)) made.properties[name] = value === '' ? null : value
  made.updatedAt = now
  made.properties[changedProperty(object)] = now.toISOString()
  if (row === undefined) world.objects.get(object)!.push(made)
  return { status: row === undefined ? 201 : 200, body: shown(object, made, Object.keys(properties)) }
}

const rowsOf = (world: HubspotWorld, object: string): BoxObject[] | undefined => world.objects.get(nameOf(object))
type Answering = (object: string, rows: BoxObject[], request: Parameters<SandboxRoute<HubspotWorld>['answer']>[0], world: HubspotWorld) => SandboxAnswer
/** Objects answer to their name and to their number. */
const ofObject = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, answer: Answering): SandboxRoute<HubspotWorld> => route<HubspotWorld>(method, `/crm/v3/objects/:object${path}`, (request, world) => {
  const object = request.params['object']!
  const rows = rowsOf(world, object)
  return rows === undefined ? notFound(`object type from: ${object}`) : answer(nameOf(object), rows, request, world)
})

export const objectRoutes: readonly SandboxRoute<HubspotWorld>[] = [
  ofObject('POST', '/search', (object, rows, { body }) => search(object, body as Search, rows)),
  ofObject('POST', '/batch/read', (object, rows, { body }) => {
    const { inputs, properties } = body as { inputs: { id: string }[]; properties: string[] }
    if (inputs.length > 100) return invalid('A batch has at most 100 inputs')
    const byId = new Map(rows.map((row) => [row.id, row]))
    return batch(inputs.flatMap(({ id }) => (byId.has(id) ? [shown(object, byId.get(id)!, properties)] : [])), inputs.map(({ id }) => id).filter((id) => !byId.has(id)), 'crm.objects.NOT_FOUND')
  }),
  ofObject('GET', '', (object, living, { query }, world) => {
    const archived = query.get('archived') === 'true'
    const limit = Number(query.get('limit') ?? 10)
    if (limit > 100) return invalid('limit must be at most 100')
    const rows = (archived ? world.archived.get(object) ?? [] : living).filter(({ id }) => Number(id) > Number(query.get('after') ?? 0))
    const page = rows.slice(0, limit)
    return ok({ results: page.map((row) => shown(object, row, namesIn(query), archived)), ...(rows.length > page.length && { paging: { next: { after: page.at(-1)!.id, link: 'https://api.hubapi.com/' } } }) })
  }),
  ofObject('POST', '', (object, _rows, { body }, world) => {
    const { properties, associations = [] } = body as { properties: Record<string, string>; associations?: { to: { id: string }; types: { associationTypeId: number }[] }[] }
    const id = String(world.nextId++)
    const answer = written(object, id, properties, world)
    if (answer.status === 201) for (const { to, types } of associations) join(world, `${object}/${id}`, { to: targets[types[0]?.associationTypeId ?? 0] ?? 'contacts', id: to.id, typeIds: types.map(({ associationTypeId }) => associationTypeId) })
    return answer
  }),
  ofObject('GET', '/:id', (object, rows, { params, query }) => {
    const row = rows.find(({ id }) => id === params['id'])
    return row === undefined ? notFound(`the record ${params['id']!}`) : ok(shown(object, row, namesIn(query)))
  }),
  ofObject('PATCH', '/:id', (object, rows, { params, body }, world) => {
    const row = rows.find(({ id }) => id === params['id'])
    return row === undefined ? notFound(`the record ${params['id']!}`) : written(object, row.id, (body as { properties: Record<string, string> }).properties, world, row)
  }),
  ofObject('DELETE', '/:id', (object, _rows, { params }, world) => { archive(world, object, params['id']!, new Date()); return { status: 204, body: null } }),
  route('POST', '/crm/v4/associations/:from/:to/batch/read', ({ params, body }, world) => {
    const [from, to] = [nameOf(params['from']!), nameOf(params['to']!)]
    const { inputs } = body as { inputs: { id: string }[] }
    const found = inputs.map(({ id }) => ({ id, links: (world.links.get(`${from}/${id}`) ?? []).filter((link) => link.to === to) }))
    return batch(found.filter(({ links }) => links.length > 0).map(({ id, links }) => ({ from: { id }, to: links.map((link) => ({ toObjectId: link.id, associationTypes: link.typeIds.map((typeId) => ({ category: from.startsWith('2-') || to.startsWith('2-') ? 'USER_DEFINED' : 'HUBSPOT_DEFINED', typeId, label: null })) })) })), found.filter(({ links }) => links.length === 0).map(({ id }) => id), 'crm.associations.NO_ASSOCIATIONS_FOUND')
  }),
  route('PUT', '/crm/v4/objects/:from/:id/associations/:to/:other', ({ params, body }, world) => {
    const typeIds = (body as { associationTypeId: number }[]).map(({ associationTypeId }) => associationTypeId)
    join(world, `${nameOf(params['from']!)}/${params['id']!}`, { to: nameOf(params['to']!), id: params['other']!, typeIds })
    return { status: 201, body: { fromObjectTypeId: params['from'], fromObjectId: params['id'], toObjectTypeId: params['to'], toObjectId: params['other'], labels: [] } }
  }),
]

/** The object that an association of a number leads to. */
const targets: Readonly<Record<number, string>> = { 1: 'companies', 5: 'companies', 16: 'contacts', 26: 'companies', 190: 'companies', 192: 'companies', 202: 'contacts', 204: 'contacts', 214: 'deals', 216: 'deals', 228: 'tickets', 194: 'contacts', 198: 'contacts', 200: 'contacts', 182: 'companies', 186: 'companies', 188: 'companies' }
const join = (world: HubspotWorld, key: string, link: { to: string; id: string; typeIds: readonly number[] }): void => { world.links.set(key, [...world.links.get(key) ?? [], link]) }

export function change(object: string, row: BoxObject, properties: Readonly<Record<string, string>>, at: Date): void {
  Object.assign(row.properties, properties, { [changedProperty(object)]: at.toISOString() })
  row.updatedAt = at
}

export function archive(world: HubspotWorld, object: string, id: string, at: Date): void {
  const rows = world.objects.get(object)!
  const place = rows.findIndex((row) => row.id === id)
  if (place === -1) return
  const [gone] = rows.splice(place, 1)
  gone!.updatedAt = at
  world.archived.set(object, [...world.archived.get(object) ?? [], gone!].toSorted((a, b) => Number(a.id) - Number(b.id)))
}
