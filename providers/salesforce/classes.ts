/** Classes of objects that the customer made up: names end in `__c`. */
import type { Ask } from '#kit'
import type { Description, Field, ObjectClass } from './vendor.ts'

export interface ClassList { readonly sobjects: readonly ObjectClass[] }

/** Other endings (`__mdt`, `__e`, `__x`) are no records, and a namespace before the name says that a package brought the class along. */
export const isOwnName = (name: string): boolean => name.endsWith('__c') && name.indexOf('__') === name.length - 3
/** Settings look like objects and are none. */
export const isCustomClass = ({ custom, customSetting, queryable, deprecatedAndHidden, name }: ObjectClass): boolean => custom && !customSetting && queryable && !deprecatedAndHidden && isOwnName(name)

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_describeGlobal.htm */
export const classList = { path: '/sobjects', items: ({ sobjects }: ClassList) => sobjects.filter(isCustomClass), pages: { kind: 'single' }, incremental: 'full_only', deletions: { seenAs: 'missing_from_full_read' } } as const
export const describeClass = (name: string): Ask => ({ path: `/sobjects/${name}/describe` })

/** Fields that lead to records of other classes. Owners and the users who made or changed a record are no links of the customer's. */
export const linkFields = ({ fields }: Pick<Description, 'fields'>): Field[] => fields.filter((field) => field.custom && field.type === 'reference')
export const linkId = (name: string, field: string): string => `${name}.${field}`
