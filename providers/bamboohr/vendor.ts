import { num, str } from '#kit'
import { countries } from '#models/words/countries'

/** BambooHR's own types: only what is read. Numbers come as texts as often as not, and what the caller may not see is left out. */

/** https://documentation.bamboohr.com/reference/get-changed-employee-ids */
export interface Changed { readonly id: string; readonly action: 'Inserted' | 'Updated' | 'Deleted'; readonly lastChanged: string }
export interface ChangedPage { readonly employees: Readonly<Record<string, Changed>> }

/** Names of fields: https://documentation.bamboohr.com/docs/list-of-field-names; those of ids: the published contract. */
export const profileColumns = ['employeeNumber', 'firstName', 'lastName', 'preferredName', 'displayName', 'workEmail', 'homeEmail', 'mobilePhone', 'departmentId', 'divisionId', 'locationId', 'reportsToId', 'supervisorEId', 'payGroupId', 'ssn', 'gender', 'ethnicity', 'maritalStatus', 'dateOfBirth', 'hireDate', 'originalHireDate', 'status', 'terminationDate', 'photoUrl', 'address1', 'address2', 'city', 'zipcode', 'country'] as const
export type Profile = { readonly id: string } & Readonly<Partial<Record<(typeof profileColumns)[number], string | null>>>

/** Rows of tables by their documented columns: https://documentation.bamboohr.com/docs/table-name-fields */
export interface TableRow { readonly id?: string; readonly employeeId?: string; readonly date?: string; readonly startDate?: string }
export interface JobInfo extends TableRow { readonly jobTitle?: string | null }
export interface Status extends TableRow { readonly employmentStatus?: string | null }
export interface Compensation extends TableRow { readonly rate?: Rate; readonly exempt?: string | null; readonly paidPer?: string | null; readonly paySchedule?: string | null }

/** A list whose options the company edits: departments, locations. An option that is archived is kept for the history. */
export interface List { readonly alias?: string; readonly options: readonly Option[] }
export interface Option { readonly id: number | string; readonly name: string; readonly archived?: string }

/** Days are the company's own. */
export interface TimeOffRequest {
  readonly id: number | string
  readonly employeeId: number | string
  readonly start?: string
  readonly end?: string
  readonly status?: { readonly lastChangedByUserId?: number | string; readonly status?: string }
  readonly type?: { readonly name?: string }
  readonly amount?: { readonly unit?: string; readonly amount?: number | string }
  readonly notes?: { readonly employee?: string }
}

export interface DependentRecord {
  readonly id: string
  readonly employeeId: string
  readonly firstName?: string
  readonly middleName?: string | null
  readonly lastName?: string
  readonly relationship?: string
  readonly gender?: string
  readonly maskedSSN?: string | null
  readonly maskedSIN?: string | null
  readonly dateOfBirth?: string
  readonly addressLine1?: string | null
  readonly addressLine2?: string | null
  readonly city?: string | null
  readonly state?: string | null
  readonly zipCode?: string | null
  readonly homePhone?: string | null
  readonly country?: string | null
  readonly isStudent?: string | null
}
export interface DependentPage { readonly 'Employee Dependents': readonly DependentRecord[] }

export interface Plan { readonly id: string; readonly name: string; readonly type?: string; readonly deductionTypeId?: string | null }
export interface PlanPage { readonly companyBenefits: readonly Plan[] }

export interface Enrollment {
  readonly companyBenefitName?: string
  readonly deductionStartDate?: string | null
  readonly deductionEndDate?: string | null
  readonly enrollmentStatus?: string
  readonly enrollmentStatusEffectiveDate?: string
  readonly employeeAmount?: number | null
  readonly employeeAmountType?: string | null
  readonly companyAmount?: number | null
  readonly companyAmountType?: string | null
}
export interface Members { readonly employeeBenefits: readonly { readonly employeeId: number | string; readonly employeeBenefit: readonly Enrollment[] }[] }

/** `75000.00 USD`, an object of both, or the bare number. https://documentation.bamboohr.com/docs/field-types */
export type Rate = string | { readonly value?: string | number; readonly currency?: string } | null

export const amountOf = (rate: Rate | undefined): number | null => (typeof rate === 'string' ? num(rate.trim().split(/\s+/)[0]) : num(rate?.value))
export const currencyOf = (rate: Rate | undefined): string | null => (typeof rate === 'string' ? str(rate.trim().replace(/^-?[\d.,]+/, '')) : str(rate?.currency))

/** What the company calls its kinds of time off, where it kept a usual name. */
export const timeOffWords = { 'Vacation': 'VACATION', 'PTO': 'VACATION', 'Paid Time Off': 'VACATION', 'Sick': 'SICK', 'Sick Leave': 'SICK', 'Personal': 'PERSONAL', 'Jury Duty': 'JURY_DUTY', 'Volunteer': 'VOLUNTEER', 'Bereavement': 'BEREAVEMENT' }
/** A request that another one replaced is cancelled by it. */
export const statusWords = { requested: 'REQUESTED', approved: 'APPROVED', denied: 'DECLINED', canceled: 'CANCELLED', superceded: 'CANCELLED' }
export const genderWords = { 'Male': 'MALE', 'Female': 'FEMALE', 'Non-binary': 'NON-BINARY', 'Nonbinary': 'NON-BINARY', 'Other': 'OTHER', 'Decline to answer': 'PREFER_NOT_TO_DISCLOSE' }

export const ethnicityWords = {
  'American Indian or Alaska Native': 'AMERICAN_INDIAN_OR_ALASKA_NATIVE', 'Asian': 'ASIAN_OR_INDIAN_SUBCONTINENT', 'Black or African American': 'BLACK_OR_AFRICAN_AMERICAN', 'Hispanic or Latino': 'HISPANIC_OR_LATINO',
  'Native Hawaiian or Other Pacific Islander': 'NATIVE_HAWAIIAN_OR_OTHER_PACIFIC_ISLANDER', 'Two or more races': 'TWO_OR_MORE_RACES', 'Two or More Races': 'TWO_OR_MORE_RACES', 'White': 'WHITE', 'Decline to answer': 'PREFER_NOT_TO_DISCLOSE',
}

/** Countries are told by their English names: https://documentation.bamboohr.com/docs/field-types */
const named = new Intl.DisplayNames('en', { type: 'region' })
export const countryWords: Readonly<Record<string, string>> = Object.fromEntries(countries.map((code) => [named.of(code) ?? code, code]))
