/** Query languages in which a value stands between words. Values are quoted here and nowhere else. */

type Value = string | number | boolean | Date

/** Texts are escaped with backslashes, control characters by their letters. */
const quoted = (text: string): string => `'${text.replaceAll(/[\\'"]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`).replaceAll('\r', String.raw`\r`).replaceAll('\t', String.raw`\t`)}'`

export const soqlValue = (value: Value): string => (value instanceof Date ? value.toISOString() : typeof value === 'string' ? quoted(value) : String(value))

export interface Soql {
  readonly select: readonly string[]
  readonly from: string
  /** Joined by `and`; those that are false or undefined are left out. */
  readonly where?: readonly (string | false | undefined)[]
  readonly orderBy?: readonly string[]
  readonly limit?: number
}

/** `select a, b from C where ...`, for vendors that are asked in SQL's manner. Names are the adapter's own; values go through `soqlValue`. */
export function soql({ select, from, where = [], orderBy = [], limit }: Soql): string {
  const tests = where.filter((test) => typeof test === 'string')
  return [
    `select ${[...new Set(select)].join(', ')} from ${from}`,
    ...(tests.length === 0 ? [] : [`where ${tests.join(' and ')}`]),
    ...(orderBy.length === 0 ? [] : [`order by ${orderBy.join(', ')}`]),
    ...(limit === undefined ? [] : [`limit ${limit}`]),
  ].join(' ')
}

/** A text of JQL, which escapes in JSON's way. */
export const jqlText = (text: string): string => JSON.stringify(text)

/** A literal of OData: quotes are doubled, instants stand bare. */
export const odataValue = (value: Value): string => (value instanceof Date ? value.toISOString() : typeof value === 'string' ? `'${value.replaceAll('\'', '\'\'')}'` : String(value))
