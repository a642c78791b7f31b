import { Type } from '@sinclair/typebox'
import { describe, expect, it } from 'vitest'
import { commonModel, dictionaries, email, equals, fieldShape, idOf, instant, keptFields, models, nestedShape, object, objects, oneOf, parent, ref, refs, sensitiveFields, servedShape, shapeAt, someOf, text, texts, url, type CommonModel, type FieldShape } from '#models'
import { columnValue, filterColumns, manyValuedFilters, manyValues } from '#src/records/columns'
import { filterShape } from '#src/records/filter'
import { related } from '#src/records/relate'
import { recordId } from '#src/records/ids'

const all: readonly CommonModel[] = Object.values(models)
const registry: Readonly<Record<string, CommonModel>> = models
const rung = nestedShape('Rung', 'A rung.', { remote_id: text('The id.'), maker: ref('crm.Account', 'Who made it.'), knots: objects(nestedShape('Knot', 'A knot.', { tied_by: refs('crm.User', 'Who tied it.') }), 'Its knots.') }, ['id', 'created_at', 'remote_was_deleted'])

describe('a field', () => {
  const plain: FieldShape = { type: 'string', format: null, relation: null, among: [], expandable: false, many: false, instant: false, words: null, nested: null, nullable: true, sensitive: false }
  it.each([
    ['text', text('It.'), plain],
    ['sensitive text', text('It.', { sensitive: true }), { ...plain, sensitive: true }],
    ['texts', texts('It.'), { ...plain, many: true, nullable: false }],
    ['url', url('It.'), { ...plain, format: 'uri' }],
    ['email', email('It.'), { ...plain, format: 'email' }],
    ['instant', instant('It.'), { ...plain, format: 'date-time', instant: true }],
    ['oneOf', oneOf(['A', 'B'], 'It.'), { ...plain, words: ['A', 'B'] }],
    ['someOf', someOf(['A'], 'It.'), { ...plain, words: ['A'], many: true }],
    ['ref', ref('crm.User', 'It.'), { ...plain, relation: 'crm.User', expandable: true }],
    ['refs', refs('crm.User', 'It.', { expandable: false }), { ...plain, relation: 'crm.User', many: true, nullable: false }],
    ['object', object(rung, 'It.'), { ...plain, type: 'object', nested: rung }],
    ['objects', objects(rung, 'It.', { expandable: true }), { ...plain, type: 'object', nested: rung, many: true, nullable: false, expandable: true }],
    ['dictionaries', dictionaries('It.'), { ...plain, type: 'object', many: true }],
    ['anything', Type.Unknown(), { ...plain, type: 'any', nullable: false }],
  ] as const)('is read back as what it was written: %s', (_name, schema, shape) => {
    expect(fieldShape(schema)).toEqual(shape)
  })

  it('is found by its path, also inside nested objects, and not where there is none', () => {
    const schema = Type.Object({ name: text('It.'), rungs: objects(rung, 'Them.'), rung: object(rung, 'It.') })
    expect(shapeAt(schema, 'name')).toEqual(plain)
    expect(shapeAt(schema, 'rungs.maker')).toMatchObject({ relation: 'crm.Account', many: true })
    expect(shapeAt(schema, 'rung.maker')).toMatchObject({ relation: 'crm.Account', many: false })
    for (const path of ['other', 'rungs.other', 'name.other']) expect(() => shapeAt(schema, path)).toThrow(path)
  })
})

describe('a model', () => {
  const ladder = commonModel('crm', 'RopeLadder', {
    path: 'ropes/{rope_id}/rope-ladders', parents: [parent('rope_id', 'crm.Account', 'rope')], alsoUnder: [{ path: 'loose-ladders', parents: [] }], doc: 'A ladder.', hasRemoteFields: true,
    fields: { name: text('It.'), kind: oneOf(['LONG', 'SHORT'], 'It.'), rope: ref('crm.Account', 'It.'), key: text('It.', { sensitive: true }), made_at: instant('It.') },
    filters: { kind: equals('kind', 'Only these.') }, orderBy: ['made_at'], alsoWithOrigins: ['name'],
    create: { except: ['made_at'], required: ['name'] }, update: { except: ['made_at', 'remote_fields'], requestOnly: [] },
  })
  it('has its names, addresses and writes from one declaration', () => {
    expect(ladder).toMatchObject({
      id: 'crm.RopeLadder', publicId: 'crm.RopeLadder', table: 'crm_rope_ladder', path: 'ropes/{rope_id}/rope-ladders', retrievable: true, ignorable: false,
      remoteFieldClassesPath: 'ropes/rope-ladders/remote-field-classes', enumOrigins: ['kind', 'name'], orderBy: ['made_at'],
      lists: [{ path: 'ropes/{rope_id}/rope-ladders', parents: [{ parameter: 'rope_id', model: 'crm.Account', field: 'rope' }] }, { path: 'loose-ladders', parents: [] }],
      writes: { create: { fields: ['name', 'kind', 'rope', 'key', 'remote_fields'], required: ['name'], requestOnly: ['integration_params', 'linked_account_params'] }, update: { fields: ['name', 'kind', 'rope', 'key'], required: [], requestOnly: [] } },
    })
    expect(sensitiveFields(ladder.schema)).toEqual(['key'])
  })
  it('has a typed column for each field that it is found or ordered by', () => {
    expect(filterColumns(ladder)).toEqual([
      { field: 'kind', column: 'by_kind', type: 'text', folded: false, ordered: false },
      { field: 'rope', column: 'by_rope', type: 'uuid', folded: false, ordered: false },
      { field: 'made_at', column: 'by_made_at', type: 'timestamptz', folded: false, ordered: true },
    ])
  })
  it('has columns for what other models look for in it', () => {
    expect(filterColumns(models['hris.Employment'])).toEqual(expect.arrayContaining([expect.objectContaining({ column: 'by_job_title', folded: true }), expect.objectContaining({ column: 'by_employment_type', folded: false })]))
    expect(filterColumns(models['crm.AssociationType'])).toEqual([{ field: 'source_object_class.id', column: 'by_source_object_class_id', type: 'uuid', folded: false, ordered: false }])
    expect(manyValuedFilters(models['crm.Contact'])).toEqual([{ field: 'email_addresses.email_address', folded: true }, { field: 'phone_numbers.phone_number', folded: false }])
  })
  it('is found by values as an index can hold them', () => {
    const column = { field: 'class.id', column: 'by_class_id', type: 'text', folded: true, ordered: false } as const
    expect([{ class: { id: 'A' } }, { class: { id: null } }, { class: null }, {}].map((fields) => columnValue(column, fields))).toEqual(['a', null, null, null])
    expect(columnValue({ ...column, field: 'on', folded: false }, { on: false })).toBe('false')
    expect(columnValue(column, { class: { id: 'x'.repeat(3000) } })).toMatch(/^sha256:/)
    expect(manyValues({ field: 'list.key', folded: true }, { list: [{ key: 'A' }, { key: 'a' }, { key: null }] })).toEqual(['a'])
    expect(manyValues({ field: 'list', folded: false }, { list: null })).toEqual([])
  })
})

describe('the models', () => {
  it('name only models and fields that there are', () => {
    const shapes = all.flatMap(({ id, schema }) => Object.entries(schema.properties).map(([field, one]) => [`${id}.${field}`, fieldShape(one)] as const))
    const inner = shapes.flatMap(([at, { nested }]) => (nested === null ? [] : Object.entries(nested.properties).map(([field, one]) => [`${at}.${field}`, fieldShape(one)] as const)))
    for (const [at, { relation, among }] of [...shapes, ...inner]) for (const model of relation === null ? [] : [relation, ...among]) expect(registry[model], at).toBeDefined()
    for (const model of all) {
      for (const filter of Object.values(model.filters)) {
        expect(() => filterShape(model, filter), model.id).not.toThrow()
        if (filter.kind === 'through') expect(shapeAt(registry[filter.model]!.schema, filter.back).relation).toBe(model.id)
        if (filter.kind === 'equals' || filter.kind === 'in') expect(filterShape(model, filter).many, `${model.id}.${filter.field}`).toBe(false)
        if (filter.kind === 'has') expect(filterShape(model, filter).many, `${model.id}.${filter.field}`).toBe(true)
      }
      for (const field of model.orderBy) expect(shapeAt(model.schema, field).instant).toBe(true)
    }
  })
  it('say of everything what it is, in a sentence', () => {
    const said = all.flatMap((model) => [
      [model.id, model.doc],
      ...Object.entries(model.schema.properties).map(([field, { description }]) => [`${model.id}.${field}`, description ?? '']),
      ...Object.entries(model.filters).map(([parameter, { doc }]) => [`${model.id}?${parameter}`, doc]),
    ])
    for (const [at, sentence] of said) expect(sentence, at).toMatch(/^[A-Z].*\.$/)
  })
  it('have tables, columns and indexes whose names Postgres keeps whole', () => {
    for (const model of all) for (const { column } of filterColumns(model)) expect(`${model.table}_${column}`.length).toBeLessThan(64)
  })
})

describe('a related record', () => {
  const shape = fieldShape(ref('crm.CustomObject', 'It.', { among: ['crm.Contact'] }))
  const place = { linkedAccountId: '00000000-0000-8000-8000-000000000001', field: 'crm.Association.target_object', remoteId: '7' }
  const ours = (model: string, id: string) => recordId(place.linkedAccountId, model, id)
  it('is of the model that the adapter names, of those that it may be of', () => {
    expect(related('5', shape, place)).toBe(ours('crm.CustomObject', '5'))
    expect(related(idOf('crm.Contact', '5'), shape, place)).toBe(ours('crm.Contact', '5'))
    expect(related(idOf('crm.Lead', '5'), shape, place)).toBe(ours('crm.CustomObject', idOf('crm.Lead', '5')))
  })
})

describe('a nested object', () => {
  const place = { linkedAccountId: '00000000-0000-8000-8000-000000000001', field: 'crm.RopeLadder.rungs', remoteId: '7' }
  const shape = fieldShape(objects(rung, 'Them.'))
  it('is served with what the store says of it', () => {
    expect(keptFields(rung)).toEqual(['id', 'created_at', 'remote_was_deleted'])
    expect(Object.keys(servedShape(rung).properties)).toEqual(['id', 'created_at', 'remote_was_deleted', 'remote_id', 'maker', 'knots'])
  })
  it('has our ids in the place of the vendor\'s, however deep', () => {
    const [first] = related([{ remote_id: 'r1', maker: 'acme', knots: [{ tied_by: ['u1', 'u2'] }] }], shape, place) as [Record<string, unknown>]
    const ours = (model: string, id: string) => recordId(place.linkedAccountId, model, id)
    expect(first).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), created_at: null, remote_was_deleted: false, remote_id: 'r1', maker: ours('crm.Account', 'acme'), knots: [{ tied_by: [ours('crm.User', 'u1'), ours('crm.User', 'u2')] }] })
    expect(related({ remote_id: null, maker: null, knots: [] }, fieldShape(object(rung, 'It.')), place)).toMatchObject({ maker: null, knots: [] })
    expect(related(null, fieldShape(object(rung, 'It.')), place)).toBeNull()
  })
  it('keeps its id when its neighbours go, where the vendor gives it one, and is told from others where not', () => {
    const ids = (rungs: readonly object[], at = place) => (related(rungs, shape, at) as { id: string }[]).map(({ id }) => id)
    const one = (remote_id: string | null) => ({ remote_id, maker: null, knots: [] })
    expect(ids([one('a'), one('b')])[1]).toBe(ids([one('b')])[0])
    expect(new Set([...ids([one('a'), one(null), one(null)]), ...ids([one('a')], { ...place, remoteId: '8' }), ...ids([one('a')], { ...place, field: 'crm.RopeLadder.steps' })]).size).toBe(5)
  })
})
