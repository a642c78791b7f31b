import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { AnyResource } from '#kit'
import { openBench, walk } from '../conformance/walk.ts'
import { tryton } from '../../providers/tryton/index.ts'
import type { World } from '../../providers/tryton/sandbox/world.ts'

// Tryton publishes no contract but its source; a running one is asked in test/live. Here is what a change of the adapter may not lose.
const resourceOf = (id: string): AnyResource => tryton.resources.find(({ model }) => model.id === id)!
interface Call { readonly id: number; readonly method: string; readonly params: readonly unknown[] }

describe('what is asked of Tryton', () => {
  it('has three keys, the context last, and no more records at once than any server gives', async () => {
    const bench = await openBench(tryton, 40)
    for (const resource of tryton.resources) for (const since of [null, new Date('2019-01-01T00:00:00Z')]) {
      if (since === null || resource.read.incremental !== 'full_only') await walk(resource, bench.send, { setup: bench.setup, since })
    }
    const calls = bench.asked.map(({ body }) => body as Call)
    expect(calls.length).toBeGreaterThan(50)
    for (const call of calls) {
      expect(Object.keys(call).toSorted()).toEqual(['id', 'method', 'params'])
      expect(call.params.at(-1)).toEqual({ language: 'en', active_test: false, company: 1 })
      // A limit that is not there is one without end, which newer servers refuse.
      if (/\.search(_read)?$/.test(call.method)) expect([call.method, Number.isInteger(call.params[2]) && (call.params[2] as number) <= 200]).toEqual([call.method, true])
    }
    await bench.close()
  })

  it('is about columns that the recorded server has', () => {
    // What is answered is what was asked for: a column that came to nobody's mind is in no answer, and one that is gone would have been an error.
    for (const file of globSync('providers/tryton/fixtures/*.json')) {
      const { exchanges } = JSON.parse(readFileSync(file, 'utf8')) as { exchanges: { request: { body: Call }; response: { body: { result?: unknown; error?: unknown } } }[] }
      for (const { request: { body }, response } of exchanges) {
        expect(response.body.error, file).toBeUndefined()
        if (!body.method.endsWith('search_read')) continue
        const heads = new Set([...(body.params[4] as string[]).map((field) => (field.includes('.') ? `${field.split('.')[0]}.` : field)), 'id'])
        for (const row of response.body.result as object[]) expect(new Set(Object.keys(row)), file).toEqual(heads)
      }
    }
  })
})

describe('what Tryton does not stamp', () => {
  it('is seen all the same: somebody whose last day has passed no longer works there, and nobody changed anything', async () => {
    const bench = await openBench(tryton, 60)
    const world = bench.sandbox.world as World
    const employee = world.tables['company.employee']![4]!
    employee['end_date'] = { __class__: 'date', year: 2019, month: 3, day: 19 }
    for (const id of ['hris.Employee', 'crm.User']) {
      const { rows } = await walk(resourceOf(id), bench.send, { setup: bench.setup, since: new Date('2019-03-20T06:00:00Z') })
      expect(rows.find((row) => (row as { id: number }).id === employee.id)).toMatchObject({ standing: 'INACTIVE' })
    }
    await bench.close()
  })

  it('a relation that nobody has makes companies of all parties, and needs no module for relations', async () => {
    const bench = await openBench(tryton, 30)
    const setup = { ...bench.setup, contact_relation: '-' }
    const { rows } = await walk(resourceOf('crm.Account'), bench.send, { setup })
    const [firms, people] = [await walk(resourceOf('crm.Account'), bench.send, { setup: bench.setup }), await walk(resourceOf('crm.Contact'), bench.send, { setup: bench.setup })]
    expect(rows.length).toBe(firms.rows.length + people.rows.length)
    expect((await walk(resourceOf('crm.Contact'), bench.send, { setup })).rows).toEqual([])
    expect(JSON.stringify(bench.asked.filter(({ body }) => !JSON.stringify(body).includes('"Employee of"')).map(({ body }) => body))).not.toContain('relations')
    await bench.close()
  })

  it('buildings have their newer name where a server has that', async () => {
    const bench = await openBench(tryton, 30)
    const world = bench.sandbox.world as World
    const send: typeof bench.send = async (ask) => {
      const response = await bench.send(ask)
      const { method } = ask.body as Call
      return method === 'model.party.address.fields_get' ? { ...response, body: { result: { building_name: {} } } } : response
    }
    for (const address of world.tables['party.address']!) address['building_name'] = 'New House'
    const location = resourceOf('hris.Location')
    const { rows } = await walk(location, send, { setup: bench.setup })
    const name = location.fields['name'] as (row: unknown) => unknown
    expect(new Set(rows.map(name))).toEqual(new Set(['New House']))
    await bench.close()
  })
})
