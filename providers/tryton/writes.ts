/** Every write is `create` with a list of records, or `write` with numbers and values. A repeated `create` makes a second record. https://docs.tryton.org/latest/server/ref/models.html */
import { defineWrite, given, id, type Answer, type LookedUp, type WriteContext } from '#kit'
import { Account } from '#models/crm/account'
import { Contact } from '#models/crm/contact'
import { Note } from '#models/crm/note'
import { Opportunity } from '#models/crm/opportunity'
import { complaints } from './failures.ts'
import { call, contextOf } from './lists.ts'
import { asDay, asDecimal } from './values.ts'

const docs = 'https://docs.tryton.org/latest/server/ref/models.html'
const made = ({ body }: Answer): string | null => { const result: unknown = (body as { result?: unknown } | null)?.result; return Array.isArray(result) ? id(result[0]) : null }
const creates = { kind: 'create', repeated: 'duplicates', visibleAfterSeconds: 0, remoteId: made, complaints, docs } as const
const updates = { kind: 'update', requires: [], repeated: 'harmless', visibleAfterSeconds: 0, remoteId: () => null, complaints, docs } as const
/** Relations are numbers here. */
const number = (text: string | null | undefined): number | null | undefined => (text === null || text === undefined ? text : Number(text))
const decimalOf = (value: number | null | undefined) => (value === null || value === undefined ? value : asDecimal(value))
const dayIn = (value: string | null | undefined) => (value === null || value === undefined ? value : asDay(value))

interface Reached { readonly email_addresses?: readonly { readonly email_address?: string | null }[] | null; readonly phone_numbers?: readonly { readonly phone_number?: string | null; readonly phone_number_type?: string | null }[] | null }
const PHONES = ['phone', 'mobile', 'fax']
/** How somebody is reached; a kind of telephone that Tryton does not know is a telephone. */
function mechanismsOf({ email_addresses: emails, phone_numbers: phones }: Reached): object {
  const all = [...(emails ?? []).map(({ email_address: value }) => ({ type: 'email', value })), ...(phones ?? []).map(({ phone_number: value, phone_number_type: type = null }) => ({ type: type !== null && PHONES.includes(type) ? type : 'phone', value }))]
  return all.length === 0 ? {} : { contact_mechanisms: [['create', all]] }
}

/** A party becomes a person by the relation to their company, whose kind the link form asked for by name. The relations themselves are no procedures: only the view of both directions is. */
const employed = (account: string | null | undefined, { setup, remoteId }: WriteContext): LookedUp => ({
  look: call('model.party.relation.type.search', [[['name', '=', setup['contact_relation'] ?? '']], 0, 1, null, contextOf(setup)]),
  step(body) {
    const type = id((body as { result?: readonly unknown[] | null } | null)?.result?.[0])
    return type === null ? null : call('model.party.relation.all.create', [[{ from_: Number(remoteId), to: number(account), type: Number(type) }], contextOf(setup)])
  },
})

export const writes = [
  defineWrite(Account)({
    ...creates, accepts: ['name', 'website'], requires: ['name'],
    ask: ({ name, website }, { setup, remoteFields }) => call('model.party.party.create', [[given({ name, ...(typeof website === 'string' && { contact_mechanisms: [['create', [{ type: 'website', value: website }]]] }), ...remoteFields })], contextOf(setup)]),
  }),
  defineWrite(Account)({ ...updates, accepts: ['name'], ask: ({ name }, { setup, remoteId, remoteFields }) => call('model.party.party.write', [[Number(remoteId)], given({ name, ...remoteFields }), contextOf(setup)]) }),
  defineWrite(Contact)({
    ...creates, accepts: ['last_name', 'account', 'email_addresses', 'phone_numbers'], requires: ['last_name', 'account'],
    ask: (input, { setup, remoteFields }) => call('model.party.party.create', [[given({ name: input.last_name, ...mechanismsOf(input), ...remoteFields })], contextOf(setup)]),
    followed: ({ account }, context) => [employed(account, context)],
  }),
  defineWrite(Contact)({ ...updates, accepts: ['last_name'], ask: ({ last_name: name }, { setup, remoteId, remoteFields }) => call('model.party.party.write', [[Number(remoteId)], given({ name, ...remoteFields }), contextOf(setup)]) }),
  defineWrite(Opportunity)({
    // Without a state it would be a lead; beyond that, Tryton asks for a party and an employee.
    ...creates, accepts: ['name', 'description', 'amount', 'owner', 'account', 'close_date'], requires: ['account', 'owner'],
    ask: (input, { setup, remoteFields }) => call('model.sale.opportunity.create', [[given({ state: 'opportunity', ...valuesOf(input), ...remoteFields })], contextOf(setup)]),
  }),
  defineWrite(Opportunity)({
    ...updates, accepts: ['name', 'description', 'amount', 'owner', 'account', 'close_date'],
    ask: (input, { setup, remoteId, remoteFields }) => call('model.sale.opportunity.write', [[Number(remoteId)], given({ ...valuesOf(input), ...remoteFields }), contextOf(setup)]),
  }),
  defineWrite(Note)({
    // A note hangs on one record.
    ...creates, accepts: ['content', 'account'], requires: ['content', 'account'],
    ask: ({ content, account }, { setup }) => call('model.ir.note.create', [[{ message: content, resource: `party.party,${account ?? ''}` }], contextOf(setup)]),
  }),
]

interface Values { readonly name?: string | null; readonly description?: string | null; readonly amount?: number | null; readonly owner?: string | null; readonly account?: string | null; readonly close_date?: string | null }
const valuesOf = ({ name, description, amount, owner, account, close_date }: Values) => ({ description: name, comment: description, amount: decimalOf(amount), employee: number(owner), party: number(account), end_date: dayIn(close_date) })
