import { beforeAll, describe, expect, inject, it } from 'vitest'
import { writeRequest, type AnyWrite } from '#kit'
import { tryton } from '../../providers/tryton/index.ts'
import { carriedOut } from '../support/carried-out.ts'
import { furnish, theirTime as time, trytonApi } from '../support/tryton.ts'

// The requests of the writes, sent to a Tryton that runs.
type Json = Record<string, unknown>
const live = inject('tryton')
const write = (model: string, kind: string): AnyWrite => tryton.writes!.find((one) => one.model.id === model && one.kind === kind)!
const context = { setup: { company: '1' }, remoteId: '', at: new Date('2026-03-04T05:06:07Z'), remoteFields: {} }

describe.skipIf(live === null)('what is written to a real Tryton', () => {
  const theirs = live === null ? null! : trytonApi(live)
  beforeAll(async () => { await furnish(theirs) })

  it('is what Tryton then holds', async () => {
    const done = async (model: string, kind: string, input: Json, remoteId = ''): Promise<string> => {
      const which = write(model, kind)
      const answer = await theirs.send(writeRequest(which, input, { ...context, remoteId }, 'key'))
      expect(which.complaints(answer), JSON.stringify(answer.body)).toEqual([])
      expect((answer.body as Json)['error']).toBeUndefined()
      return kind === 'create' ? which.remoteId(answer)! : remoteId
    }
    const one = async (model: string, id: string, fields: readonly string[]): Promise<Json> => (await theirs.read(model, fields, [['id', '=', Number(id)]]))[0]!
    const firm = await done('crm.Account', 'create', { name: 'Written AG', website: 'https://written.example' })
    await done('crm.Account', 'update', { name: 'Rewritten AG' }, firm)
    expect(await one('party.party', firm, ['name', 'website'])).toMatchObject({ name: 'Rewritten AG', website: 'https://written.example' })
    const [owner] = await theirs.read('company.employee', ['party'], [['end_date', '=', null], ['start_date', '<', { __class__: 'date', year: 2027, month: 1, day: 1 }]])
    const deal = await done('crm.Opportunity', 'create', { name: 'Written deal', description: 'By hand', amount: 1200, owner: String(owner!['id']), account: firm, close_date: '2027-05-06T00:00:00.000Z' })
    await done('crm.Opportunity', 'update', { amount: 1300, description: null }, deal)
    const written = await one('sale.opportunity', deal, ['description', 'comment', 'amount', 'state', 'party', 'employee', 'end_date'])
    expect({ ...written, amount: Number((written['amount'] as Json)['decimal']), end_date: time(written['end_date']) }).toEqual({ id: Number(deal), description: 'Written deal', comment: null, amount: 1300, state: 'opportunity', party: Number(firm), employee: owner!['id'], end_date: Date.UTC(2027, 4, 6) })
    const relation = write('crm.Contact', 'create')
    const input = { last_name: 'Written Person', account: firm, email_addresses: [{ email_address: 'person@written.example' }], phone_numbers: [{ phone_number: '+49 89 123456', phone_number_type: 'mobile' }] }
    const [kind] = await theirs.read('party.relation.type', ['name'], [['name', '=', 'Employee of']])
    const made = await carriedOut(relation, input, theirs.send, { setup: { company: '1', contact_relation: String(kind!['name']) } })
    expect([relation.complaints(made.answer), made.told]).toEqual([[], false])
    expect(await one('party.party', made.remoteId, ['name', 'email', 'mobile'])).toMatchObject({ name: 'Written Person', email: 'person@written.example', mobile: '+49 89 123456' })
    expect((await theirs.read('party.relation.all', ['from_', 'to', 'type'], [['from_', '=', Number(made.remoteId)]])).map(({ to, type }) => [to, type])).toEqual([[Number(firm), kind!['id']]])
    // Without the relation nobody is a person.
    expect((await carriedOut(relation, { last_name: 'Nobody Special', account: firm }, theirs.send, { setup: { company: '1', contact_relation: '-' } })).told).toBe(true)
    const note = await done('crm.Note', 'create', { content: 'Written note', account: firm })
    expect(await one('ir.note', note, ['message', 'resource'])).toMatchObject({ message: 'Written note', resource: `party.party,${firm}` })
    const [person] = await theirs.read('party.party', ['name'], [['code', '=', 'PER5']])
    await done('crm.Contact', 'update', { last_name: 'Person Renamed' }, String(person!['id']))
    expect(await one('party.party', String(person!['id']), ['name'])).toMatchObject({ name: 'Person Renamed' })
  })

  it('is refused in words where it cannot be', async () => {
    const create = write('crm.Opportunity', 'create')
    const refused = await theirs.send(writeRequest(create, { name: 'x', owner: '999999', account: '1' }, context, 'key'))
    expect(create.complaints(refused)).toEqual([{ message: expect.stringMatching(/\S/) as string, field: null }])
    expect(create.remoteId({ status: refused.status, headers: refused.headers, body: refused.body })).toBeNull()
  })
})
