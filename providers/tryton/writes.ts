/** Every write is `create` with a list of records, or `write` with numbers and values. A repeated `create` makes a second record. https://docs.tryton.org/latest/server/ref/models.html */
import { defineWrite, given, id, type Answer } from '#kit'
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

export const writes = [
  defineWrite(Account)({
    ...creates, accepts: ['name', 'website'], requires: ['name'],
    ask: ({ name, website }, { setup, remoteFields }) => call('model.party.party.create', [[given({ name, ...(typeof website === 'string' && { contact_mechanisms: [['create', [{ type: 'website', value: website }]]] }), ...remoteFields })], contextOf(setup)]),
  }),
  defineWrite(Account)({ ...updates, accepts: ['name'], ask: ({ name }, { setup, remoteId, remoteFields }) => call('model.party.party.write', [[Number(remoteId)], given({ name, ...remoteFields }), contextOf(setup)]) }),
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
