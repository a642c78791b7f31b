import { id, notOffered, prose, word, type Resource } from '#kit'
import { EmployerBenefit } from '#models/hris/employer-benefit'
import type { RecordOf } from '#models'
import type { Plan, PlanPage } from './vendor.ts'

type Row = Plan & { readonly deductionCode: string | null }
interface DeductionType { readonly id: number | string; readonly defaultDeductionCode?: string; readonly subTypes?: readonly DeductionType[] }

const typeWords = { health: 'MEDICAL', dental: 'INSURANCE', vision: 'INSURANCE', life: 'INSURANCE', disability: 'INSURANCE', supplemental: 'INSURANCE', retirement: 'RETIREMENT', hsa: 'HEALTH_SAVINGS', flex: 'OTHER', reimbursement: 'OTHER', other: 'OTHER' }
/** Types of deductions lie inside one another: pre-tax, and below it health, dental. */
const codesOf = (types: readonly DeductionType[]): [string, string][] => types.flatMap(({ id: number, defaultDeductionCode: code = '', subTypes = [] }) => [[String(number), code] as [string, string], ...codesOf(subTypes)])

/** https://documentation.bamboohr.com/reference/list-company-benefits */
export const employerBenefit: Resource<RecordOf<typeof EmployerBenefit>, Row, PlanPage, Plan, unknown, { codes: string }> = {
  model: EmployerBenefit,
  version: 1,
  read: {
    path: '/benefit/company_benefit',
    lookups: { codes: { ask: () => ({ path: '/benefits/settings/deduction_types/all' }), entries: (body) => codesOf(body as readonly DeductionType[]), withheld: 'is_empty' } },
    items: (page) => page.companyBenefits,
    pages: { kind: 'single' },
    rows: { kind: 'within', rows: (plan, { lookups }) => [{ ...plan, deductionCode: lookups.codes.get(id(plan.deductionTypeId) ?? '') ?? null }] },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    benefit_plan_type: (row) => word(typeWords, row.type),
    name: (row) => prose(row.name),
    description: notOffered,
    deduction_code: (row) => prose(row.deductionCode),
  },
}
