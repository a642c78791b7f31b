import { day, id, num, prose, str, type Resource } from '#kit'
import { Benefit } from '#models/hris/benefit'
import type { RecordOf } from '#models'
import type { Enrollment, Members, Plan, PlanPage } from './vendor.ts'

type Row = Enrollment & { readonly employeeId: number | string; readonly plan: Plan }

/** Who may take part and does not has no benefit. */
const took = ['Enrolled', 'Withdrew', 'Terminated']
/** A share of the pay is no amount. */
const money = (amount: unknown, type: string | null | undefined): number | null => (type === '%' ? null : num(amount))

/** The list of one plan's members is asked for with a body, although it is a GET. https://documentation.bamboohr.com/reference/list-employee-benefits */
export const benefit: Resource<RecordOf<typeof Benefit>, Row, PlanPage, Plan, Members> = {
  model: Benefit,
  version: 1,
  read: {
    path: '/benefit/company_benefit',
    items: (page) => page.companyBenefits,
    pages: { kind: 'single' },
    rows: {
      kind: 'each',
      ask: (plan) => ({ path: '/benefit/employee_benefit', body: { filters: { companyBenefitId: Number(plan.id) } } }),
      rows: (detail, plan) => detail.employeeBenefits.flatMap(({ employeeId, employeeBenefit }) => employeeBenefit.filter(({ enrollmentStatus = '' }) => took.includes(enrollmentStatus)).map((enrollment) => ({ ...enrollment, employeeId, plan }))),
    },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  // A plan that is left and joined again is on record twice.
  identity: { remoteId: (row) => (id(row.employeeId) === null || id(row.plan.id) === null ? null : `${id(row.employeeId)}-${id(row.plan.id)}-${str(row.enrollmentStatusEffectiveDate) ?? ''}`) },
  fields: {
    employee: (row) => id(row.employeeId),
    // The insurer is a number that no list explains; plans are named after them.
    provider_name: (row) => prose(row.companyBenefitName),
    benefit_plan_type: (row) => str(row.plan.type),
    employee_contribution: (row) => money(row.employeeAmount, row.employeeAmountType),
    company_contribution: (row) => money(row.companyAmount, row.companyAmountType),
    start_date: (row) => day(row.deductionStartDate) ?? day(row.enrollmentStatusEffectiveDate),
    end_date: (row) => day(row.deductionEndDate),
    employer_benefit: (row) => id(row.plan.id),
  },
}
