import type { FieldClass, Lookup, RemoteFieldValue } from '#kit'

export type CustomValue = RemoteFieldValue

const types: Readonly<Record<string, FieldClass['type']>> = { text: 'string', textarea: 'string', list: 'string', multilist: 'list', int: 'number', currency: 'number', percentage: 'number', checkbox: 'boolean', bool: 'boolean', date: 'date' }

/** Fields that the company added: BambooHR gives them aliases that begin so. https://documentation.bamboohr.com/reference/list-fields */
export const customFields: Lookup<FieldClass> = {
  ask: () => ({ path: '/meta/fields' }),
  entries: (body) => (body as readonly { alias?: string; name: string; type: string; deprecated?: boolean }[])
    .filter(({ alias, deprecated }) => alias?.startsWith('custom') === true && deprecated !== true)
    .map(({ alias, name, type }) => [alias!, { name, description: null, type: types[type] ?? null, isRequired: null, choices: [] }]),
  withheld: 'is_empty',
}

/** A field that the key may not see is not in the answer. */
export const valuesOf = (detail: object, fields: ReadonlyMap<string, FieldClass>): CustomValue[] =>
  [...fields].flatMap(([key, { name }]) => (Object.hasOwn(detail, key) ? [{ key, name, value: (detail as Readonly<Record<string, unknown>>)[key] }] : []))
