import { day, id, notOffered, prose, word, type Resource } from '#kit'
import { Employment } from '#models/hris/employment'
import type { RecordOf } from '#models'
import { livingEmployees, sinceChange } from './employees.ts'
import { histories, positionId, positionsOf, type Histories, type Position } from './positions.ts'
import { amountOf, currencyOf, type Changed, type ChangedPage } from './vendor.ts'

const periodWords = { Hour: 'HOUR', Day: 'DAY', Week: 'WEEK', Month: 'MONTH', Quarter: 'QUARTER', Year: 'YEAR' }
/** Schedules have names of the company's; these are the usual ones. */
const frequencyWords = { 'Weekly': 'WEEKLY', 'Every other week': 'BIWEEKLY', 'Biweekly': 'BIWEEKLY', 'Twice a month': 'SEMIMONTHLY', 'Semi-monthly': 'SEMIMONTHLY', 'Monthly': 'MONTHLY', 'Quarterly': 'QUARTERLY', 'Twice a year': 'SEMIANNUALLY', 'Yearly': 'ANNUALLY' }
const exemptWords = { 'Exempt': 'EXEMPT', 'Non-exempt': 'NONEXEMPT', 'Salaried Nonexempt': 'SALARIED_NONEXEMPT', 'Owner': 'OWNER' }
const typeWords = { 'Full-Time': 'FULL_TIME', 'Full Time': 'FULL_TIME', 'Part-Time': 'PART_TIME', 'Part Time': 'PART_TIME', 'Intern': 'INTERN', 'Contractor': 'CONTRACTOR', 'Freelance': 'FREELANCE' }

/** https://documentation.bamboohr.com/reference/get-employee-table-data */
export const employment: Resource<RecordOf<typeof Employment>, Position, ChangedPage, Changed, unknown, Histories> = {
  model: Employment,
  version: 1,
  read: {
    ...livingEmployees,
    lookups: histories,
    rows: { kind: 'within', rows: (item, { lookups }) => positionsOf(item.id, lookups) },
    incremental: sinceChange,
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => (id(row.employee) === null || day(row.from) === null ? null : positionId(row)) },
  fields: {
    employee: (row) => id(row.employee),
    job_title: (row) => prose(row.job?.jobTitle),
    pay_rate: (row) => amountOf(row.pay?.rate),
    pay_period: (row) => word(periodWords, row.pay?.paidPer),
    pay_frequency: (row) => word(frequencyWords, row.pay?.paySchedule),
    pay_currency: (row) => currencyOf(row.pay?.rate),
    pay_group: notOffered,
    flsa_status: (row) => word(exemptWords, row.pay?.exempt),
    effective_date: (row) => day(row.from),
    employment_type: (row) => word(typeWords, row.status?.employmentStatus),
  },
}
