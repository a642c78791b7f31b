/** The standard objects of Salesforce, as the types of its official SDK have them: there is no other published contract. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const types = join(dirname(fileURLToPath(import.meta.resolve('@jsforce/jsforce-node'))), 'lib/types')
const members = (text: string): Map<string, string> => new Map([...text.matchAll(/^ {4}(\w+)\??: (.+);$/gm)].map(([, name, type]) => [name!, type!]))
const block = (text: string, head: string): Map<string, string> | null => {
  const start = text.indexOf(`type ${head} = {`)
  return start === -1 ? null : members(text.slice(start, text.indexOf('\n};', start)))
}

const objects = readFileSync(join(types, 'standard-schema.d.ts'), 'utf8')
const common = readFileSync(join(types, 'common.d.ts'), 'utf8')

/** The type of each field of an object, by name; null where the schema does not know the object. */
export const fieldsOf = (object: string): ReadonlyMap<string, string> | null => block(objects, `Fields$${object}`)
/** The object that a relation of an object's leads to, as in `Queue.Name`; null where there is no such relation. */
export const parentOf = (object: string, relation: string): string | null => /SObjectDefinition\$(\w+)/.exec(block(objects, `ParentReferences$${object}`)?.get(relation) ?? '')?.[1] ?? null
/** The members of an answer's type, by name. */
export const membersOf = (type: string): ReadonlyMap<string, string> | null => block(common, type)

/** Whether a value is of the type that is written so. */
export const isOf = (value: unknown, type: string): boolean => type.split(' | ').some((one) => {
  if (one === 'null') return value === null
  if (one === 'DateString') return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}\.\d{3}\+0000)?$/.test(value)
  return one === typeof value
})
