/** Records like those of the fixtures. */
import { fixtureBody } from '#kit'
import type { Description, Page } from '../vendor.ts'
import { idFor, stamp, type Fields, type Stored, type Table } from './world.ts'

/** The fixtures lie beside the box's own file. */
const from = new URL('../sandbox.ts', import.meta.url).href
export const describe = (model: string, exchange = 0): Description => fixtureBody(from, model, exchange) as Description
/** Records are kept without the attributes that every answer puts before them. */
export const recordsOf = (model: string, exchange: number): Fields[] => (fixtureBody(from, model, exchange) as Page<Fields>).records.map((one) => Object.fromEntries(Object.entries(one).filter(([name]) => name !== 'attributes')))
export const pattern = (model: string, exchange = 1): Fields => recordsOf(model, exchange)[0]!

const DELETABLE = new Set(['Account', 'Contact', 'Lead', 'Opportunity', 'Task', 'Event', 'Note', 'ContentNote', 'Project__c', 'Case', 'CaseComment', 'EmailMessage', 'CaseFeed', 'ContentVersion', 'Attachment', 'CaseShare'])
interface Time { readonly createdAt: Date; readonly updatedAt: Date }

/** A record of the pattern with values of its own; every third one is sparse. */
export function record(object: string, base: Fields, n: number, { createdAt, updatedAt }: Time, own: Fields): Stored {
  const sparse = n % 3 === 2 ? Object.fromEntries(Object.keys(base).filter((name) => /Street|City|State|Postal|Country|Description|Website|Fax|__c$|Title$/.test(name)).map((name) => [name, null])) : {}
  return { ...base, ...sparse, ...own, Id: idFor(object, n), CreatedDate: stamp(createdAt), SystemModstamp: stamp(updatedAt), ...('LastModifiedDate' in base && { LastModifiedDate: stamp(updatedAt) }), ...(DELETABLE.has(object) && { IsDeleted: false }) }
}

/** Two descriptions of one object, made of what different fixtures ask for. */
export const merged = (description: Description, ...more: readonly Description[]): Description => ({ ...description, fields: [...new Map([description, ...more].flatMap(({ fields }) => fields).map((field) => [field.name, field])).values()] })

/** An object that no fixture describes: its columns, and the fields that lead elsewhere. */
export function plainTable(name: string, columns: readonly string[], records: Stored[]): Table {
  const field = (column: string) => ({ name: column, label: column, type: 'string', custom: false, nillable: true, createable: true, defaultedOnCreate: false, relationshipName: column.endsWith('Id') && column !== 'Id' ? column.slice(0, -2) : null })
  return { description: { name, label: name, labelPlural: name, custom: false, customSetting: false, queryable: true, deprecatedAndHidden: false, fields: columns.map(field) }, records }
}
