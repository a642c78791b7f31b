import { Type, type TObject } from '@sinclair/typebox'
import { describe, expect, it } from 'vitest'
import { categories, fieldShape, models, nestedName, type CommonModel } from '#models'
import { remoteData, remoteField, remoteFieldClass } from '#models/remote-fields'
import { recordSchema } from '#src/api/schemas'
import { modelDifferences, OF_THE_STORE, parentFaults, shapeDifferences, SINGULAR } from './surface-differences.ts'
import { surface, type SurfaceType } from './surface.ts'

/** What we say beyond the market, so that a list below a record has something to go by. */
const ADDITIONS: Readonly<Record<string, readonly string[]>> = { 'ticketing.User': ['collections', 'projects'], 'ticketing.Viewer': ['collection', 'ticket'] }
const all: readonly CommonModel[] = Object.values(models)
const registry: Readonly<Record<string, CommonModel>> = models

/** The shapes inside a model, and inside those. */
const shapesIn = (shape: TObject): TObject[] => Object.values(shape.properties).flatMap((schema) => { const { nested } = fieldShape(schema); return nested === null ? [] : [nested, ...shapesIn(nested)] })
const shapesOf = (category: string): ReadonlyMap<string, TObject> =>
  new Map([...all.filter((model) => model.category === category).flatMap(({ schema }) => shapesIn(schema)), remoteData, remoteField, remoteFieldClass, ...shapesIn(remoteFieldClass)].map((shape) => [nestedName(shape), shape]))

const words = (types: readonly SurfaceType[]): number => types.reduce((sum, type) => sum + (type.enum?.length ?? 0) + (type.items?.enum?.length ?? 0), 0)
const without = (model: CommonModel, field: string): CommonModel => ({ ...model, schema: Type.Object(Object.fromEntries(Object.entries(model.schema.properties).filter(([name]) => name !== field))) })

if (surface === null) {
  it.skip('compares the models with the market\'s API: set INTERMODAL_TEST_MATERIAL to the folder that has facts/merge-surface.json', () => {})
} else {
  const market = surface
  describe.each(categories)('the market\'s %s', (category) => {
    const theirs = market[category]

    it('has the models that we have, and no others', () => {
      expect(all.filter((model) => model.category === category).map(({ name }) => name).toSorted()).toEqual(Object.keys(theirs.common_models).toSorted())
    })

    it.each(Object.keys(theirs.common_models))('%s has our fields, types, words, relations, filters, writes and addresses', (name) => {
      const model = registry[`${category}.${name}`]!
      expect(modelDifferences(category, theirs, model, ADDITIONS[model.id] ?? [])).toEqual([])
      expect(parentFaults(model, registry)).toEqual([])
    })

    it.each(Object.keys(theirs.common_models))('%s is served with what the store says of every record', (name) => {
      const served = Object.keys((recordSchema(registry, registry[`${category}.${name}`]!) as TObject).properties)
      expect(served).toEqual(expect.arrayContaining(theirs.common_models[name]!.fields.map((field) => field.name)))
    })

    it.each(Object.entries(theirs.nested_models))('%s is nested with our fields', (name, { fields }) => {
      const shape = shapesOf(category).get(name)
      expect(shape, `there is no shape ${name}`).toBeDefined()
      expect(shapeDifferences(category, name, fields, shape!)).toEqual([])
    })

    it('would be missed by one field, one filter, one word or one address less', () => {
      for (const model of all.filter((one) => one.category === category)) {
        const additions = ADDITIONS[model.id] ?? []
        const known = theirs.common_models[model.name]!
        for (const { name } of known.fields.filter((field) => !OF_THE_STORE.has(field.name))) expect(modelDifferences(category, theirs, without({ ...model, filters: {} }, name), additions), `${model.id}.${name}`).toContain(`${model.id}.${name}: missing`)
        for (const filter of Object.keys(model.filters)) expect(modelDifferences(category, theirs, { ...model, filters: Object.fromEntries(Object.entries(model.filters).filter(([name]) => name !== filter)) }, additions)).toHaveLength(1)
        for (const [name, schema] of Object.entries(model.schema.properties).filter(([, one]) => fieldShape(one).words !== null)) {
          const fewer = { ...schema, 'x-words': fieldShape(schema).words!.slice(1) }
          expect(modelDifferences(category, theirs, { ...model, schema: Type.Object({ ...model.schema.properties, [name]: fewer }) }, additions)).toContain(`${model.id}.${name}: other words`)
        }
        expect(modelDifferences(category, theirs, { ...model, lists: [{ path: `${model.path}s`, parents: [] }] }, additions)).not.toEqual([])
      }
    })

    it('is counted', () => {
      const known = Object.values(theirs.common_models)
      const nested = Object.values(theirs.nested_models)
      const operations = known.flatMap((model) => Object.keys(model.operations))
      const relations = known.flatMap(({ fields }) => fields).filter((field) => (field.items ?? field).target !== undefined)
      const counts = {
        models: known.length, fields: known.flatMap(({ fields }) => fields).length, 'enum words': words(known.flatMap(({ fields }) => fields)), relations: relations.length,
        filters: all.filter((model) => model.category === category).flatMap(({ filters }) => Object.keys(filters)).length,
        'writable fields': known.flatMap(({ fields }) => fields).filter((field) => field.writable_post === true).length,
        'nested shapes': nested.length, 'nested fields': nested.flatMap(({ fields }) => fields).length,
        'operations declared': operations.filter((name) => !SINGULAR.has(name)).length, 'operations of their own': operations.filter((name) => SINGULAR.has(name)).length,
      }
      console.log(`${category}: ${Object.entries(counts).map(([what, count]) => `${count} ${what}`).join(', ')}`)
      for (const count of [counts.models, counts.fields, counts['enum words'], counts.relations, counts.filters, counts['writable fields'], counts['nested shapes']]) expect(count).toBeGreaterThan(0)
    })
  })
}
