/**
 * The parts of Tryton's answers that we read. The fields of each model are its source: https://docs.tryton.org/ and
 * https://code.tryton.org/tryton. What a relation leads to comes under its name and a dot, where the request asks for `party.name`.
 */

/** Types that JSON lacks come as objects with their name. https://docs.tryton.org/latest/server/topics/rpc.html */
export interface Moment { readonly year: number; readonly month: number; readonly day: number; readonly hour: number; readonly minute: number; readonly second: number; readonly microsecond: number }
export type Day = Pick<Moment, 'year' | 'month' | 'day'>
export interface Decimal { readonly decimal: string }
export interface Duration { readonly seconds: number }

export interface Page<Item> { readonly result: readonly Item[] }

/** What every record has. */
export interface Found {
  readonly id: number
  readonly create_date?: Moment | null
  readonly write_date?: Moment | null
}

export interface Mechanism extends Found {
  readonly type: string
  readonly value: string | null
  readonly name?: string | null
  readonly active?: boolean
}

export interface Address extends Found {
  readonly name?: string | null
  readonly building_name?: string | null
  readonly street: string | null
  readonly postal_code: string | null
  readonly city: string | null
  readonly 'country.'?: { readonly code: string } | null
  readonly 'subdivision.'?: { readonly name: string } | null
  readonly active?: boolean
  /** Only where the modules for invoices and for deliveries are active. */
  readonly invoice?: boolean
  readonly delivery?: boolean
}

export interface Identifier { readonly type: string | null; readonly code: string | null }

export interface Party extends Found {
  readonly name: string | null
  readonly rec_name: string
  readonly code?: string | null
  readonly active?: boolean
  readonly 'addresses.'?: readonly Address[]
  readonly 'contact_mechanisms.'?: readonly Mechanism[]
  readonly 'identifiers.'?: readonly Identifier[]
  /** Only where the module for relations is active. */
  readonly 'relations.'?: readonly { readonly to: number; readonly 'type.': { readonly name: string } | null }[]
}

export interface Opportunity extends Found {
  readonly number: string | null
  readonly description: string | null
  readonly comment: string | null
  readonly amount: Decimal | null
  readonly state: string
  readonly employee: number | null
  readonly party: number | null
  readonly end_date: Day | null
  readonly 'party.'?: Party | null
  readonly 'contact.'?: Mechanism | null
  readonly 'address.'?: Address | null
}

/** A note or an e-mail, which hangs on a record: `party.party,42`. */
export interface Resource extends Found {
  readonly resource: string | null
  readonly 'create_uid.': { readonly employee: number | null } | null
}

export interface Employee extends Found {
  readonly party: number
  readonly 'party.': Party
  readonly company: number
  readonly supervisor?: number | null
  readonly start_date: Day | null
  readonly end_date: Day | null
}

export interface BankAccount extends Found {
  readonly 'bank.': { readonly bic: string | null; readonly rec_name: string } | null
  readonly 'numbers.': readonly { readonly type: string; readonly number: string | null }[]
}
