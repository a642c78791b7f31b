import { id, num, word, type Resource } from '#kit'
import { TimeOffBalance } from '#models/hris/time-off-balance'
import type { RecordOf } from '#models'
import { livingEmployees } from './employees.ts'
import { timeOffWords, type Changed, type ChangedPage } from './vendor.ts'

interface Balance { readonly timeOffType: string; readonly name?: string; readonly units?: string; readonly balance?: string; readonly usedYearToDate?: string }
type Row = Balance & { readonly employeeId: string }

/** A balance is served in hours. A day has eight, as long as nobody says otherwise. */
const hours = (amount: unknown, units: string | undefined): number | null => {
  const n = num(amount)
  return n === null ? null : units === 'days' ? n * 8 : n
}

/** As of today at the company. A balance also grows while nobody changes anything. https://documentation.bamboohr.com/reference/get-time-off-balance */
export const timeOffBalance: Resource<RecordOf<typeof TimeOffBalance>, Row, ChangedPage, Changed, readonly Balance[]> = {
  model: TimeOffBalance,
  version: 1,
  read: {
    ...livingEmployees,
    rows: {
      kind: 'each',
      ask: (item) => ({ path: `/employees/${item.id}/time_off/calculator` }),
      rows: (balances, item) => balances.map((balance) => ({ ...balance, employeeId: item.id })),
      without: () => [],
    },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => (id(row.employeeId) === null || id(row.timeOffType) === null ? null : `${id(row.employeeId)}-${id(row.timeOffType)}`) },
  fields: {
    employee: (row) => id(row.employeeId),
    balance: (row) => hours(row.balance, row.units),
    used: (row) => hours(row.usedYearToDate, row.units),
    policy_type: (row) => word(timeOffWords, row.name),
  },
}
