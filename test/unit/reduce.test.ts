import { describe, expect, test } from 'vitest'
import { notOffered, type AnyResource } from '#kit'
import { reduceRow } from '#src/sync/reduce'

interface Row { id: number; name: string; salary: number; tags: string[]; fields: { id: number; value: string }[]; address: { street: string; zip: string } | null; odd: unknown }
const row: Row = { id: 7, name: 'Zoë', salary: 4711, tags: ['a', 'b'], fields: [{ id: 1, value: 'one' }, { id: 2, value: 'two' }, { id: 3, value: 'three' }], address: { street: 'Main', zip: '1' }, odd: { secret: 's' } }
const resource = (fields: Record<string, unknown>, remoteFields?: (row: Row) => unknown): AnyResource => ({ identity: { remoteId: ({ id }: Row) => String(id) }, fields, ...(remoteFields !== undefined && { remoteFields }) }) as unknown as AnyResource
const left = (fields: Record<string, unknown>, disabled: string[] = [], remoteFields?: (row: Row) => unknown): unknown => reduceRow(resource(fields, remoteFields), row, { disabled: new Set(disabled), baseUrl: 'https://x.example' })

describe('T11 what is left of a row', () => {
  test('T11 is its id and what enabled fields read; what only a disabled field reads is gone', () => {
    const fields = { name: ({ name }: Row) => name, pay: ({ salary }: Row) => salary, nothing: notOffered }
    expect(left(fields, ['pay'])).toEqual({ id: 7, name: 'Zoë' })
    expect(left(fields)).toEqual({ id: 7, name: 'Zoë', salary: 4711 })
  })

  test('T11 keeps of a list what was looked at, each in its place', () => {
    expect(left({ second: ({ fields }: Row) => fields.find((field) => field.id === 2)?.value })).toEqual({ id: 7, fields: [{ id: 1 }, { id: 2, value: 'two' }, null] })
    expect(left({ all: ({ tags }: Row) => tags.map((tag) => tag) })).toEqual({ id: 7, tags: ['a', 'b'] })
    expect(left({ last: ({ tags }: Row) => tags.at(-1) })).toEqual({ id: 7, tags: [null, 'b'] })
    expect(left({ many: ({ tags }: Row) => tags.length })).toEqual({ id: 7, tags: [null, null] })
  })

  test('T11 keeps an object that is handed on as a whole, and one that is only asked about as nothing', () => {
    expect(left({ address: ({ address }: Row) => address })).toEqual({ id: 7, address: { street: 'Main', zip: '1' } })
    expect(left({ has: ({ address }: Row) => address !== null })).toEqual({ id: 7, address: {} })
    expect(left({ copy: ({ address }: Row) => ({ ...address }) })).toEqual({ id: 7, address: { street: 'Main', zip: '1' } })
    expect(left({ part: ({ address }: Row) => { const { zip, ...rest } = address!; return [zip.length, Object.keys(rest).length] } })).toEqual({ id: 7, address: { street: 'Main', zip: '1' } })
  })

  test('T11 keeps the vendor\'s own fields only where nothing of the model is switched off', () => {
    const own = ({ fields }: Row): unknown => fields.map(({ value }) => value)
    expect(left({ name: notOffered }, [], own)).toEqual({ id: 7, fields: [{ value: 'one' }, { value: 'two' }, { value: 'three' }] })
    expect(left({ name: notOffered }, ['pay'], own)).toEqual({ id: 7 })
  })

  test('a field that cannot be read takes nothing down with it, and the row itself is not touched', () => {
    const before = structuredClone(row)
    expect(left({ bad: (whole: Row) => (whole.odd as { deep: { er: string } }).deep.er, name: ({ name }: Row) => name })).toEqual({ id: 7, name: 'Zoë', odd: {} })
    expect(row).toEqual(before)
  })
})
