import type { Lookup } from '#kit'
import { inOneAnswer } from './lists.ts'
import type { Schema, SchemaPage } from './vendor.ts'

const path = '/crm-object-schemas/v3/schemas'

/** The objects that the end customer made up. https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/schemas/get-schemas */
export const schemaList = {
  path,
  items: (page: SchemaPage): readonly Schema[] => page.results,
  ...inOneAnswer,
}

/** Without an Enterprise subscription there are none, and the answer is 403. */
export const schemas: Lookup<Schema> = { ask: () => ({ path }), entries: (body) => (body as SchemaPage).results.map((schema) => [schema.objectTypeId, schema]), withheld: 'fails' }
