import type { TObject, TSchema } from '@sinclair/typebox'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import type { AnyResource } from '#kit'
import { fieldShape, models, nestedName, sensitiveFields, type CommonModel } from '#models'
import { recordSchema, schemaName } from '#src/api/schemas'
import { presentRecord } from '#src/records/present'
import { mapRow } from '#src/sync/map'

// A vendor that fills every field of every model: nothing is lost on the way to what is served, and that is what the document says.
const all: readonly CommonModel[] = Object.values(models)
const place = { linkedAccountId: '00000000-0000-8000-8000-000000000001', baseUrl: 'https://vendor.example' }

/** What an adapter may answer for a field, in full. */
function filled(schema: TSchema, name: string): unknown {
  const { type, format, many, nested, words, instant } = fieldShape(schema)
  const one = nested !== null ? filledObject(nested)
    : instant ? '2026-02-03T04:05:06.789Z'
      : words !== null ? words[0]
        : format === 'uri' ? `https://vendor.example/${name}`
          : format === 'email' ? `${name}@vendor.example`
            : type === 'boolean' ? true : type === 'integer' ? 7 : type === 'number' ? 7.25 : type === 'object' ? { [name]: `of ${name}` } : type === 'any' ? { any: [name, 1, null] } : `the ${name} 𝄞`
  return many ? [one, one] : one
}
const filledObject = (shape: TObject): Record<string, unknown> => Object.fromEntries(Object.entries(shape.properties).map(([name, schema]) => [name, filled(schema, name)]))

const resourceOf = (model: CommonModel): AnyResource => ({
  model, version: 1, identity: { remoteId: () => 'r1' }, fields: Object.fromEntries(Object.keys(model.schema.properties).map((field) => [field, (row: Record<string, unknown>) => row[field]])),
}) as unknown as AnyResource

const ajv = new Ajv({ strict: false, allErrors: true, schemas: all.map((model) => ({ ...recordSchema(models, model), $id: `#/components/schemas/${schemaName(model)}` })) })
ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/).addFormat('date-time', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/).addFormat('uri', /^https:/).addFormat('email', /@/)

/** Every leaf that is an id of ours, by where it is. */
const withoutIds = (value: unknown): unknown => JSON.parse(JSON.stringify(value), (_key, inner: unknown) => (typeof inner === 'string' && /^[0-9a-f]{8}-.{27}$/.test(inner) ? 'an id' : inner))

describe.each(all.map((model) => [model.id, model] as const))('%s', (_id, model) => {
  const row = filledObject(model.schema)
  const mapped = mapRow(resourceOf(model), row, place)
  const fields = JSON.parse(mapped.body) as Record<string, unknown>

  it('takes a value for every field, and no field is left empty', () => {
    expect(mapped.issues).toEqual([])
    const sensitive = sensitiveFields(model.schema)
    for (const field of Object.keys(model.schema.properties)) expect(fields[field] === null, field).toBe(sensitive.includes(field))
    expect(mapped.aside === null ? [] : Object.keys((JSON.parse(mapped.aside) as { sensitive: object }).sensitive)).toEqual(sensitive)
  })

  it('keeps what it took, with ids of ours for the vendor\'s', () => {
    for (const [field, schema] of Object.entries(model.schema.properties)) {
      const { relation, nested, many, sensitive } = fieldShape(schema)
      if (sensitive) continue
      if (relation !== null) expect(withoutIds(fields[field])).toEqual(many ? ['an id', 'an id'] : 'an id')
      else if (nested === null) expect(fields[field]).toEqual(row[field])
      else for (const entry of [fields[field]].flat()) expect(Object.keys(entry as object), nestedName(nested)).toEqual(expect.arrayContaining(Object.keys(nested.properties)))
    }
  })

  it('is served as the document says', () => {
    const at = '2026-02-03T04:05:06.789012Z'
    const served = JSON.parse(presentRecord(model, { id: mapped.id, remote_id: mapped.remoteId, created_at: at, modified_at: at, remote_was_deleted: false, body: mapped.body })) as object
    const check = ajv.getSchema(`#/components/schemas/${schemaName(model)}`)!
    expect(check(served), JSON.stringify(check.errors)).toBe(true)
  })
})

it('leaves a dictionary of the vendor\'s as it is, whatever its keys', () => {
  const custom = { ours: 'a', origin: 'b' }
  const { body, aside } = mapRow(resourceOf(models['hris.Employee']), { ...filledObject(models['hris.Employee'].schema), ssn: null, custom_fields: custom }, place)
  expect(JSON.parse(body)).toMatchObject({ custom_fields: custom })
  expect(aside).toBeNull()
})
