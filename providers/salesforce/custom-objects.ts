/** The records of all classes that the customer made up, class by class. */
import { id, soql, soqlValue, type Ask, type Lookup, type Query, type Read } from '#kit'
import { isCustomClass, type ClassList } from './classes.ts'
import { byStamp, query } from './objects.ts'
import type { ObjectClass, Page, SObject } from './vendor.ts'

export type CustomRecord = SObject & Readonly<Record<string, unknown>>
export interface Classes extends Readonly<Record<string, unknown>> { readonly classes: ObjectClass }

const classes: Lookup<ObjectClass> = { ask: () => ({ path: '/sobjects' }), entries: (body) => (body as ClassList).sobjects.filter(isCustomClass).map((one) => [one.name, one]), withheld: 'fails' }
/** All fields may be asked for at once, but only 200 rows at a time: https://developer.salesforce.com/docs/platform/salesforce-soql-sosl/guide/sforce-api-calls-soql-select-fields.md */
const MOST_ROWS = 200

const asked = (select: string, isDeleted: boolean) => ({ object, since, above }: Query): Ask => query('/queryAll', soql({
  select: [select], from: String(object), orderBy: ['Id'], limit: MOST_ROWS,
  where: [`IsDeleted = ${isDeleted}`, since !== undefined && `SystemModstamp >= ${String(since)}`, above !== undefined && `Id > ${soqlValue(String(above))}`],
}))

export const customObjects = {
  path: '/queryAll',
  lookups: { classes },
  segments: ({ lookups }) => [...lookups.classes.keys()].toSorted().map((object) => ({ object })),
  request: asked('FIELDS(ALL)', false),
  items: (page) => page.records,
  // Rows with long texts come fewer at a time, also below a limit.
  pages: { kind: 'keyset', after: (last) => ({ above: id(last.Id) ?? '' }), done: (page, records) => page.done && records.length < MOST_ROWS },
  incremental: byStamp,
} satisfies Omit<Read<never, Page<CustomRecord>, CustomRecord, unknown, Classes>, 'rows' | 'deletions'>

/** What lies in the recycle bin, class by class. */
export const recycledCustom = { ...customObjects, request: asked('Id', true), gone: (record: CustomRecord) => id(record.Id), rows: { kind: 'items' as const } }
