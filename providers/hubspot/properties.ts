import type { Ask, FieldClass, Lookup } from '#kit'
import type { Property, PropertyPage } from './vendor.ts'

const types: Readonly<Record<string, FieldClass['type']>> = { string: 'string', phone_number: 'string', enumeration: 'string', number: 'number', bool: 'boolean', date: 'date', datetime: 'datetime' }

/** Several values may be ticked of a checkbox. */
export const isMany = ({ type, fieldType }: Property): boolean => type === 'enumeration' && fieldType === 'checkbox'

export const fieldClass = (property: Property, required: readonly string[] = []): FieldClass => ({
  name: property.label, description: property.description ?? null, type: isMany(property) ? 'list' : types[property.type] ?? null, isRequired: required.includes(property.name) ? true : null,
  choices: (property.options ?? []).filter(({ hidden }) => hidden !== true).map(({ value, label }) => ({ value, name: label })),
})

/** The properties that the end customer added to an object. https://developers.hubspot.com/docs/api-reference/legacy/crm/properties/guide */
export const ownProperties = (object: string): Lookup<FieldClass> => ({
  ask: (): Ask => ({ path: `/crm/v3/properties/${object}` }),
  entries: (body) => (body as PropertyPage).results.filter(({ hubspotDefined }) => hubspotDefined !== true).map((property) => [property.name, fieldClass(property)]),
  withheld: 'is_empty',
})

/** What the values of one of HubSpot's own properties are called. */
export const optionsOf = (object: string, property: string): Lookup<string> => ({
  ask: (): Ask => ({ path: `/crm/v3/properties/${object}/${property}` }),
  entries: (body) => ((body as Property).options ?? []).map(({ value, label }) => [value, label]),
  withheld: 'is_empty',
})
