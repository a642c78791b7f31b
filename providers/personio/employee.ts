import { day, id, instant, notOffered, present, prose, str, word, type FieldClass, type Resource } from '#kit'
import { Employee } from '#models/hris/employee'
import type { RecordOf } from '#models'
import { employeeList } from './employees.ts'
import { groupId } from './group.ts'
import { custom, known, named, type Employee as Row, type Page } from './vendor.ts'

/** In the words of the contract for creating employees. */
export const genderWords = { male: 'MALE', female: 'FEMALE', diverse: 'NON-BINARY' }
/** Who is on a long leave is still employed. */
export const statusWords = { active: 'ACTIVE', leave: 'ACTIVE', onboarding: 'PENDING', inactive: 'INACTIVE' }
const typeWords: Readonly<Record<string, FieldClass['type']>> = { standard: 'string', multiline: 'string', link: 'string', list: 'string', tags: 'list', date: 'date', integer: 'number', decimal: 'number' }

interface Allowed { readonly key: string; readonly label: string; readonly type: string; readonly options?: readonly string[] }
const fullName = (row: Row): string | null => str(present([str(row.attributes.first_name?.value), str(row.attributes.last_name?.value)]).join(' '))

export const employee: Resource<RecordOf<typeof Employee>, Row, Page<Row>, Row, unknown, { attributes: FieldClass }> = {
  model: Employee,
  version: 1,
  read: {
    ...employeeList,
    rows: { kind: 'items' },
    lookups: {
      attributes: {
        ask: () => ({ path: '/v1/company/employees/attributes' }),
        entries: (body) => (body as { data: Allowed[] }).data.filter(({ key }) => key.startsWith('dynamic_')).map(({ key, label, type, options = [] }) => [key, { name: label, description: null, type: typeWords[type] ?? null, isRequired: null, choices: options.map((value) => ({ value, name: value })) }]),
        withheld: 'is_empty',
      },
    },
  },
  identity: { remoteId: (row) => id(row.attributes.id.value) },
  fields: {
    employee_number: notOffered,
    company: (row) => id(row.attributes.subcompany?.value?.attributes.id),
    first_name: (row) => str(row.attributes.first_name?.value),
    last_name: (row) => str(row.attributes.last_name?.value),
    preferred_name: (row) => str(row.attributes.preferred_name?.value),
    display_full_name: (row) => str(row.attributes.preferred_name?.value) ?? fullName(row),
    username: notOffered,
    groups: ({ attributes: { department, team, cost_centers } }) => present(named([department?.value, team?.value, ...cost_centers?.value ?? []]).map(groupId)),
    work_email: (row) => str(row.attributes.email?.value),
    personal_email: notOffered,
    mobile_phone_number: notOffered,
    employments: (row) => present([id(row.attributes.id.value)]),
    home_location: notOffered,
    work_location: (row) => id(row.attributes.office?.value?.attributes.id),
    manager: (row) => id(row.attributes.supervisor?.value?.attributes.id.value),
    team: (row) => id(row.attributes.team?.value?.attributes.id),
    pay_group: notOffered,
    ssn: notOffered,
    gender: (row) => word(genderWords, row.attributes.gender?.value),
    ethnicity: notOffered,
    marital_status: notOffered,
    date_of_birth: (row) => day(known(row, 'date_of_birth')?.value),
    // Midnight in the company's zone: the day is what is meant.
    hire_date: (row) => day(row.attributes.hire_date?.value),
    start_date: (row) => day(row.attributes.hire_date?.value),
    remote_created_at: (row) => instant(row.attributes.created_at?.value),
    employment_status: (row) => word(statusWords, row.attributes.status?.value),
    termination_date: (row) => day(row.attributes.termination_date?.value),
    avatar: (row) => prose(row.attributes.profile_picture?.value),
    custom_fields: (row) => { const own = custom(row); return own.length === 0 ? null : Object.fromEntries(own.map(([key, { value }]) => [key, value])) },
    employee_url: notOffered,
  },
  fieldClasses: 'attributes',
  remoteFields: (row) => custom(row).map(([key, { label, value }]) => ({ key, name: label, value })),
}
