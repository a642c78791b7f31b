import { ok, route, type SandboxRoute } from '#kit'
import type { PermissionSet, Pipeline, Property, Schema, Stage } from '../vendor.ts'
import { notFound } from './answers.ts'
import type { HubspotWorld } from './world.ts'

const [CREATED, UPDATED] = ['2024-03-01T09:00:00.000Z', '2026-02-03T10:11:12.000Z']
const stage = (id: string, label: string, displayOrder: number, metadata: Stage['metadata']) => ({ id, label, displayOrder, metadata: metadata!, createdAt: CREATED, updatedAt: UPDATED, archived: false, writePermissions: 'CRM_PERMISSIONS_ENFORCEMENT' })
const pipeline = (id: string, label: string, displayOrder: number, stages: Pipeline['stages']) => ({ id, label, displayOrder, stages, createdAt: CREATED, updatedAt: UPDATED, archived: false })

export const pipelines: Readonly<Record<string, readonly Pipeline[]>> = {
  deals: [
    pipeline('default', 'Sales Pipeline', 0, [stage('appointmentscheduled', 'Appointment Scheduled', 0, { isClosed: 'false', probability: '0.2' }), stage('contractsent', 'Contract Sent', 1, { isClosed: 'false', probability: '0.9' }), stage('closedwon', 'Closed Won', 2, { isClosed: 'true', probability: '1.0' }), stage('closedlost', 'Closed Lost', 3, { isClosed: 'true', probability: '0.0' })]),
    pipeline('74212345', 'Renewals', 1, [stage('142890001', 'Due', 0, { isClosed: 'false', probability: '0.7' }), stage('142890002', 'Negotiation', 1, { isClosed: 'false', probability: '0.8' }), stage('142890003', 'Renewed', 2, { isClosed: 'true', probability: '1.0' }), stage('142890004', 'Churned', 3, { isClosed: 'true', probability: '0.0' })]),
  ],
  tickets: [
    pipeline('0', 'Support Pipeline', 0, [stage('1', 'New', 0, { ticketState: 'OPEN', isClosed: 'false' }), stage('2', 'Waiting on contact', 1, { ticketState: 'OPEN', isClosed: 'false' }), stage('3', 'Waiting on us', 2, { ticketState: 'OPEN', isClosed: 'false' }), stage('4', 'Closed', 3, { ticketState: 'CLOSED', isClosed: 'true' })]),
    pipeline('812345', 'Returns', 1, [stage('913001', 'Announced', 0, { ticketState: 'OPEN', isClosed: 'false' }), stage('913002', 'Refunded', 1, { ticketState: 'CLOSED', isClosed: 'true' })]),
  ],
}

export const permissionSets: readonly PermissionSet[] = [['4117', 'Support'], ['4118', 'Sales manager'], ['4120', 'Auditor']].map(([id, name]) => ({ id: id!, name: name!, requiresBillingWrite: false }))

interface Made { readonly options?: readonly (readonly [value: string, label: string])[]; readonly hubspotDefined?: boolean; readonly description?: string }
const property = (name: string, label: string, type: string, fieldType: string, { options = [], hubspotDefined = false, description = '' }: Made = {}): Property & Readonly<Record<string, unknown>> => ({
  name, label, type, fieldType, description, groupName: 'information', hubspotDefined, archived: false, calculated: false, externalOptions: false, hasUniqueValue: false, hidden: false, formField: false, displayOrder: -1, createdAt: CREATED, updatedAt: UPDATED,
  options: options.map(([value, text], displayOrder) => ({ value, label: text, displayOrder, hidden: false })),
})

export const propertiesOf = (object: string): Property[] => [
  property('hs_object_id', 'Record ID', 'number', 'number', { hubspotDefined: true }), property('hs_timestamp', 'Activity date', 'datetime', 'date', { hubspotDefined: true }),
  ...(object === 'tickets' ? [property('hs_ticket_category', 'Category', 'enumeration', 'checkbox', { hubspotDefined: true, options: [['PRODUCT_ISSUE', 'Product issue'], ['BILLING_ISSUE', 'Billing issue'], ['FEATURE_REQUEST', 'Feature request'], ['GENERAL_INQUIRY', 'General inquiry']] })] : []),
  property('internal_rating', 'Internal rating', 'number', 'number', { description: 'From 0 to 9' }), property('interests', 'Interests', 'enumeration', 'checkbox', { options: [['tea', 'Tea'], ['chess', 'Chess']] }), property('is_vip', 'Is a VIP', 'bool', 'booleancheckbox', { options: [['true', 'Yes'], ['false', 'No']] }),
]

const schemaOf = (objectTypeId: string, name: string, labels: Schema['labels'], required: string, properties: Schema['properties'], associations: Schema['associations']): Schema & Readonly<Record<string, unknown>> => ({
  id: objectTypeId.slice(2), objectTypeId, name, fullyQualifiedName: `p2519445_${name}`, labels, ...(name === 'lease' && { description: 'What a customer rents' }), primaryDisplayProperty: required, requiredProperties: [required], searchableProperties: [required], secondaryDisplayProperties: [], metaType: 'PORTAL_SPECIFIC', archived: false, createdAt: CREATED, updatedAt: UPDATED,
  properties: [property('hs_object_id', 'Record ID', 'number', 'number', { hubspotDefined: true }), ...properties], associations,
})
export const customClasses: Schema[] = [
  schemaOf('2-3453932', 'lease', { singular: 'Lease', plural: 'Leases' }, 'lease_number', [property('lease_number', 'Lease number', 'string', 'text'), property('monthly_rent', 'Monthly rent', 'number', 'number'), property('starts_on', 'Starts on', 'date', 'date'), property('furnished', 'Furnished', 'bool', 'booleancheckbox', { options: [['true', 'Yes'], ['false', 'No']] }), property('extras', 'Extras', 'enumeration', 'checkbox', { options: [['parking', 'Parking'], ['cellar', 'Cellar']] })], [
    { id: '84', fromObjectTypeId: '2-3453932', toObjectTypeId: '0-2', name: 'lease_to_company' }, { id: '85', fromObjectTypeId: '0-2', toObjectTypeId: '2-3453932', name: 'company_to_lease' }, { id: '88', fromObjectTypeId: '2-3453932', toObjectTypeId: '2-3453933', name: 'lease_to_site' },
  ]),
  schemaOf('2-3453933', 'site', { singular: 'Site', plural: 'Sites' }, 'site_name', [property('site_name', 'Site name', 'string', 'text')], [{ id: '89', fromObjectTypeId: '2-3453933', toObjectTypeId: '2-3453932', name: 'site_to_lease' }]),
]

export const details = { portalId: 2_519_445, accountType: 'STANDARD', timeZone: 'US/Eastern', companyCurrency: 'USD', additionalCurrencies: [], utcOffset: '-05:00', utcOffsetMilliseconds: -18_000_000, uiDomain: 'app.hubspot.com', dataHostingLocation: 'na1' }

export const settingsRoutes: readonly SandboxRoute<HubspotWorld>[] = [
  route('GET', '/account-info/v3/details', () => ok(details)),
  // The vendor's own client asks the third edition, and writes a slash behind.
  ...['/crm/v3/owners', '/crm/v3/owners/'].map((path) => route<HubspotWorld>('GET', path, ({ query }, { owners }) => {
    const after = Number(query.get('after') ?? 0)
    const rows = owners.filter(({ id, archived }) => archived === (query.get('archived') === 'true') && Number(id) > after)
    const page = rows.slice(0, Math.min(500, Number(query.get('limit') ?? 100)))
    return ok({ results: page, ...(rows.length > page.length && { paging: { next: { after: page.at(-1)!.id, link: '?after' } } }) })
  })),
  ...['/settings/users/2026-03', '/settings/v3/users/'].map((path) => route<HubspotWorld>('GET', path, ({ query }, { logins }) => {
    const rows = logins.filter(({ id }) => Number(id) > Number(query.get('after') ?? 0))
    const page = rows.slice(0, Math.min(100, Number(query.get('limit') ?? 100)))
    return ok({ results: page, ...(rows.length > page.length && { paging: { next: { after: page.at(-1)!.id } } }) })
  })),
  ...['/settings/users/2026-03/roles', '/settings/v3/users/roles'].map((path) => route<HubspotWorld>('GET', path, (_, { permissionSets: sets }) => ok({ results: sets }))),
  route('GET', '/crm/v3/pipelines/:object', ({ params }, world) => ok({ results: world.pipelines[params['object']!] ?? [] })),
  route('GET', '/crm/v3/pipelines/:object/:id', ({ params }, world) => { const found = world.pipelines[params['object']!]?.find(({ id }) => id === params['id']); return found === undefined ? notFound(`pipeline ${params['id']!}`) : ok(found) }),
  route('GET', '/crm/v3/properties/:object', ({ params }, { properties }) => (properties.has(params['object']!) ? ok({ results: properties.get(params['object']!) }) : notFound('object type'))),
  route('GET', '/crm/v3/properties/:object/:name', ({ params }, { properties }) => {
    const found = properties.get(params['object']!)?.find(({ name }) => name === params['name'])
    return found === undefined ? notFound(`property ${params['name']!}`) : ok(found)
  }),
  route('GET', '/crm-object-schemas/v3/schemas', (_, { schemas }) => ok({ results: schemas })),
]
