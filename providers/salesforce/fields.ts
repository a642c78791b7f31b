/** What describes say of fields: https://developer.salesforce.com/docs/platform/object-reference/guide/field-types.html */
import { bool, str, type FieldClass } from '#kit'
import type { Field } from './vendor.ts'

type Type = NonNullable<FieldClass['type']>
const types: Readonly<Record<string, Type>> = { boolean: 'boolean', int: 'number', double: 'number', long: 'number', currency: 'number', percent: 'number', date: 'date', datetime: 'datetime', multipicklist: 'list' }
/** A type that is not here is some kind of text. */
export const typeOf = (field: Field): Type => types[field.type] ?? 'string'

type Choice = NonNullable<Field['picklistValues']>[number]
export const choicesOf = ({ picklistValues }: Field): { readonly value: string; readonly name: string }[] =>
  (Array.isArray(picklistValues) ? picklistValues as readonly (Choice | null)[] : []).flatMap((choice) => { const value = str(choice?.value); return choice?.active === true && value !== null ? [{ value, name: str(choice.label) ?? value }] : [] })

/** A field must be filled in where it may be set, may not be empty, and is not filled in by itself. */
export const isRequired = ({ createable, nillable, defaultedOnCreate }: Field): boolean | null => (bool(nillable) === null ? null : createable && !nillable && !defaultedOnCreate)

/** Compound columns repeat others, and files would be addresses. */
export const isValue = ({ type }: Field): boolean => !['address', 'location', 'base64'].includes(type)

export const classOf = (field: Field): FieldClass => ({ name: field.label, description: str(field.inlineHelpText), type: typeOf(field), isRequired: isRequired(field), choices: choicesOf(field) })
