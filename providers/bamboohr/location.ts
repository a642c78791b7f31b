import { id, prose, said, str, word, type Resource, type Rows } from '#kit'
import { Location } from '#models/hris/location'
import type { RecordOf } from '#models'
import { employeeList, livingEmployees, sinceChange } from './employees.ts'
import { homeColumns, homeOfDependent, homeOfEmployee, kin, type EmployeeHome, type Home, type Kin } from './homes.ts'
import { optionsOf } from './lists.ts'
import { countryWords, type Changed, type ChangedPage, type List, type Option } from './vendor.ts'

/** Offices are the options of a list; homes lie in employees and in their dependents, whom not every key may see. */
type Row = { readonly office: Option; readonly home?: never } | { readonly office?: never; readonly home: Home }
type Item = { readonly option: Option } | Changed

const offices = optionsOf('location')
const rows: Rows<Row, Item, EmployeeHome, Kin> = {
  kind: 'each',
  ask: (item) => ('option' in item ? null : { path: `/employees/${item.id}`, query: { fields: homeColumns.join(',') } }),
  rows: (detail, _, { lookups }) => [...homeOfEmployee(detail), ...(lookups.kin.get(detail.id) ?? []).flatMap(homeOfDependent)].map((home) => ({ home })),
  without: (item) => ('option' in item ? [{ office: item.option }] : []),
}

export const location: Resource<RecordOf<typeof Location>, Row, ChangedPage | readonly List[], Item, EmployeeHome, Kin> = {
  model: Location,
  version: 1,
  read: {
    path: employeeList.path,
    segments: [{ path: employeeList.path, ...employeeList.query }, { path: offices.path }],
    request: ({ path, ...query }) => ({ path: String(path), query }),
    items: (page) => ('employees' in page ? livingEmployees.items(page) : offices.items(page).flatMap(({ options }) => options.filter(({ archived }) => archived !== 'yes').map((option) => ({ option })))),
    pages: { kind: 'single' }, rows, lookups: { kin },
    // Only homes tell when they changed.
    incremental: { ...sinceChange, changedAt: (item: Item) => ('option' in item ? null : sinceChange.changedAt(item)), walk: { ...livingEmployees, rows, lookups: { kin } } },
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
