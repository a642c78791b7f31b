import type { Ask } from '#kit'

const JSON_BODY = { 'content-type': 'application/json' }
const FORM_BODY = { 'content-type': 'application/x-www-form-urlencoded' }
/** What is sent, and the headers that say what it is. */
export function payloadOf({ form, body }: { readonly form: Ask['form'] | undefined; readonly body: unknown }): { readonly body: string | null; readonly type: Readonly<Record<string, string>> } {
  if (form !== undefined) return { body: new URLSearchParams(Object.entries(form).map(([name, value]): [string, string] => [name, String(value)])).toString(), type: FORM_BODY }
  return body === undefined ? { body: null, type: {} } : { body: JSON.stringify(body), type: JSON_BODY }
}
