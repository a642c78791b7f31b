/**
 * The parts of Personio's answers that we read. Version 1 is published at https://github.com/personio/api-docs; what
 * has no version 1 any more is documented at https://developer.personio.de/reference.
 */

/** Every value of an employee comes in an envelope. Custom attributes have keys like `dynamic_24407`; a few of those Personio knows the meaning of, and says so. */
export interface Attribute<V = unknown> {
  readonly label: string
  readonly value: V | null
  readonly type?: string
  readonly universal_id?: string | null
  readonly currency?: string
}

/** An office, a department, a team: what employees only name. */
export interface Entity {
  readonly type: string
  readonly attributes: { readonly id: number; readonly name: string }
}

/** An attribute is there if the credentials may read it; one that the person does not have is null. */
type Standard = {
  readonly id: Attribute<number>
  readonly first_name?: Attribute<string>
  readonly last_name?: Attribute<string>
  readonly preferred_name?: Attribute<string>
  readonly email?: Attribute<string>
  readonly gender?: Attribute<string>
  readonly status?: Attribute<string>
  readonly position?: Attribute<string>
  readonly employment_type?: Attribute<string>
  readonly hire_date?: Attribute<string>
  readonly termination_date?: Attribute<string>
  readonly created_at?: Attribute<string>
  readonly profile_picture?: Attribute<string>
  readonly supervisor?: Attribute<ShortEmployee>
  readonly subcompany?: Attribute<Entity>
  readonly office?: Attribute<Entity>
  readonly department?: Attribute<Entity>
  readonly team?: Attribute<Entity>
  readonly cost_centers?: Attribute<readonly Entity[]>
  readonly work_schedule?: Attribute<{ readonly attributes: Readonly<Record<string, unknown>> }>
  readonly fix_salary?: Attribute<number>
  readonly fix_salary_interval?: Attribute<string>
  readonly hourly_salary?: Attribute<number>
}
export interface Employee { readonly attributes: Standard }
export interface ShortEmployee { readonly attributes: Pick<Standard, 'id'> }

/** Away for days. */
export interface TimeOffPeriod {
  readonly type: 'TimeOffPeriod'
  readonly attributes: {
    readonly id: number
    readonly status: string
    readonly comment?: string | null
    readonly start_date: string
    readonly end_date: string
    readonly days_count: number
    readonly time_off_type?: { readonly attributes: { readonly id: number; readonly name: string; readonly category?: string | null } }
    readonly employee: ShortEmployee
  }
}

/** Away for hours; `effective_duration` counts minutes, whatever the unit beside it says. */
export interface AbsencePeriod {
  readonly type: 'AbsencePeriod'
  readonly attributes: {
    readonly id: string
    readonly status: string
    readonly comment?: string | null
    readonly start: string
    readonly end: string | null
    readonly effective_duration: number
    readonly absence_type?: { readonly attributes: { readonly id: string; readonly name: string; readonly time_off_type_id?: number } }
    readonly employee: ShortEmployee
  }
}

export interface TimeOffType { readonly attributes: { readonly id: number; readonly name: string; readonly category: string | null; readonly unit: string } }
export interface Balance { readonly id: number; readonly name: string; readonly category: string | null; readonly balance: number }

export interface AttendancePeriod {
  readonly id: string
  readonly type: string
  readonly status: string
  readonly person: { readonly id: string }
  readonly start: { readonly date_time: string }
  readonly end: { readonly date_time: string } | null
}

/** A list of version 1. */
export interface Page<Item> { readonly metadata: { readonly total_elements: number; readonly current_page: number; readonly total_pages: number }; readonly data: readonly Item[] }
/** A list of version 2. */
export interface CursorPage<Item> { readonly _data: readonly Item[]; readonly _meta?: { readonly links?: { readonly next?: { readonly href?: string } } } }

/** The attributes that the customer made, by key. */
export function custom({ attributes }: Employee): (readonly [key: string, Attribute])[] {
  const all = attributes as Readonly<Record<string, Attribute>>
  const own: (readonly [string, Attribute])[] = []
  for (const key in all) if (key.startsWith('dynamic_')) own.push([key, all[key]!])
  return own
}

/** The value of a custom attribute whose meaning Personio knows, whatever the customer calls it. */
export function known({ attributes }: Employee, universalId: string): Attribute | undefined {
  const all = attributes as Readonly<Record<string, Attribute | undefined>>
  for (const key in all) if (all[key]?.universal_id === universalId) return all[key]
  return undefined
}

/** Only what is the same whoever names it: cost centres also say how much of a person they pay for. */
export const named = (entities: readonly (Entity | null | undefined)[]): Entity[] => entities.filter((one) => one !== null && one !== undefined).map(({ type, attributes: { id, name } }) => ({ type, attributes: { id, name } }))
