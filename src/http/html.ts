/** HTML that is escaped by construction: every value of the template is text unless `html` itself made it. */

const MADE = Symbol('made by html')
export interface Html { readonly [MADE]: true; readonly text: string }
type Value = Html | string | number | null | undefined | false | readonly Value[]

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' }
// Browsers read NUL and lone surrogates each in their own way; none of them is text that anybody meant.
export const escape = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed().replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign]!)

function textOf(value: Value): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value))
  return 'text' in value ? value.text : value.map(textOf).join('')
}

/** Attributes must be quoted in the template; lists are joined; null, undefined and false are nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { [MADE]: true, text: strings.reduce((text, part, at) => text + textOf(values[at - 1]) + part) }
}
