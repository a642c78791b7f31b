import { id, str, type Lookup } from '#kit'
import type { DependentPage, DependentRecord } from './vendor.ts'

/** Addresses lie in the people who live there. Each is a record of its own, under the number of its person. */
export const homeId = (person: unknown): string | null => (id(person) === null ? null : `home-${id(person)}`)
export const dependentHomeId = (person: unknown): string | null => (id(person) === null ? null : `home-dependent-${id(person)}`)

export const homeColumns = ['address1', 'address2', 'city', 'state', 'stateCode', 'zipcode', 'country', 'homePhone'] as const
export type EmployeeHome = { readonly id: string } & Readonly<Partial<Record<(typeof homeColumns)[number], string | null>>>
export interface Home extends Omit<EmployeeHome, 'id'> { readonly place: string | null }

/** A telephone alone is no place. */
export const isHome = (...lines: readonly unknown[]): boolean => lines.some((line) => str(line) !== null)

export const homeOfEmployee = ({ id: person, ...home }: EmployeeHome): Home[] => (isHome(home.address1, home.address2, home.city, home.zipcode, home.country) ? [{ ...home, place: homeId(person) }] : [])

export const hasHome = ({ addressLine1, addressLine2, city, zipCode, country }: DependentRecord): boolean => isHome(addressLine1, addressLine2, city, zipCode, country)
export const homeOfDependent = (person: DependentRecord): Home[] =>
  (hasHome(person) ? [{ place: dependentHomeId(person.id), address1: person.addressLine1 ?? null, address2: person.addressLine2 ?? null, city: person.city ?? null, state: person.state ?? null, zipcode: person.zipCode ?? null, country: person.country ?? null, homePhone: person.homePhone ?? null }] : [])

/** Dependents by their employee. They need a right of their own. */
export type Kin = { kin: readonly DependentRecord[] }
export const kin: Lookup<readonly DependentRecord[]> = { ask: () => ({ path: '/employeedependents' }), entries: (body) => Map.groupBy((body as DependentPage)['Employee Dependents'], ({ employeeId }) => employeeId), withheld: 'is_empty' }
