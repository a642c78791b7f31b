import type { FieldClass } from '#kit'
import type { Field } from './vendor.ts'

/** The types that say what a value is; the others (options, users, versions ...) are objects of their own. */
const types: Readonly<Record<string, NonNullable<FieldClass['type']>>> = { string: 'string', number: 'number', date: 'date', datetime: 'datetime', array: 'list' }

/** Whether a field is required, and what may be chosen, differs by project and type of issue. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/#api-rest-api-3-field-get */
const classOf = ({ name, schema }: Field): FieldClass => ({ name, description: null, type: types[schema?.type ?? ''] ?? null, isRequired: null, choices: [] })

/** Those of the account's own, in an order that stays. */
export const classesOf = (fields: readonly Field[]): [string, FieldClass][] => fields.filter(({ custom }) => custom === true).map((field): [string, FieldClass] => [field.id, classOf(field)]).toSorted(([a], [b]) => (a < b ? -1 : 1))
