import { id, prose, said, str, word, type Query, type Resource, type Rows } from '#kit'
import { Location } from '#models/hris/location'
import type { RecordOf } from '#models'
import { dependentHomeOf, employeeList, homeOf, livingEmployees, sinceChange } from './employees.ts'
import { optionsOf } from './lists.ts'
import { countryWords, type Changed, type ChangedPage, type DependentPage, type DependentRecord, type List, type Option } from './vendor.ts'

const columns = ['address1', 'address2', 'city', 'state', 'stateCode', 'zipcode', 'country', 'homePhone'] as const
type Home = { readonly id: string } & Readonly<Partial<Record<(typeof columns)[number], string | null>>>
/** Offices are the options of a list; homes lie in employees and their dependents. */
type Row = { readonly office: Option; readonly home?: never } | { readonly office?: never; readonly home: Home & { readonly place: string | null } }
type Item = { readonly option: Option } | { readonly dependent: DependentRecord } | Changed

const offices = optionsOf('location')
const parts: Readonly<Record<string, string>> = { homes: employeeList.path, dependents: '/employeedependents', offices: offices.path }

const living = ({ address1, address2, city, zipcode, country }: Partial<Home>): boolean => [address1, address2, city, zipcode, country].some((line) => str(line) !== null)
const dependentHome = ({ id: number, addressLine1, addressLine2, city, state, zipCode, country, homePhone }: DependentRecord): Home & { readonly place: string | null } =>
  ({ id: number, place: dependentHomeOf(number), address1: addressLine1 ?? null, address2: addressLine2 ?? null, city: city ?? null, state: state ?? null, zipcode: zipCode ?? null, country: country ?? null, homePhone: homePhone ?? null })

const rows: Rows<Row, Item, Home> = {
  kind: 'each',
  ask: (item) => ('action' in item ? { path: `/employees/${item.id}`, query: { fields: columns.join(',') } } : null),
  rows: (detail) => (living(detail) ? [{ home: { ...detail, place: homeOf(id(detail.id)) } }] : []),
  without: (item) => ('option' in item ? [{ office: item.option }] : 'dependent' in item && living(dependentHome(item.dependent)) ? [{ home: dependentHome(item.dependent) }] : []),
}

export const location: Resource<RecordOf<typeof Location>, Row, ChangedPage | DependentPage | readonly List[], Item, Home> = {
  model: Location,
  version: 1,
  read: {
    path: employeeList.path,
    segments: Object.keys(parts).map((part): Query => ({ part })),
    request: ({ part }) => ({ path: parts[String(part)]!, ...(part === 'homes' && { query: employeeList.query }) }),
    items: (page) => ('employees' in page ? livingEmployees.items(page) : 'Employee Dependents' in page ? page['Employee Dependents'].map((dependent) => ({ dependent })) : offices.items(page).flatMap(({ options }) => options.filter(({ archived }) => archived !== 'yes').map((option) => ({ option })))),
    pages: { kind: 'single' },
    rows,
    // Only homes of employees tell when they changed.
    incremental: { ...sinceChange, changedAt: (item: Item) => ('action' in item ? sinceChange.changedAt(item) : null), walk: { ...livingEmployees, rows } },
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => (row.home === undefined ? id(row.office.id) : str(row.home.place)) },
  fields: {
    name: (row) => prose(row.office?.name),
    phone_number: (row) => str(row.home?.homePhone),
    street_1: (row) => prose(row.home?.address1),
    street_2: (row) => prose(row.home?.address2),
    city: (row) => prose(row.home?.city),
    state: (row) => prose(row.home?.stateCode) ?? prose(row.home?.state),
    zip_code: (row) => str(row.home?.zipcode),
    country: (row) => word(countryWords, row.home?.country),
    location_type: (row) => (row.home === undefined ? said('WORK', null) : said('HOME', null)),
  },
}
