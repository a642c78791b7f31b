import { Fault } from '../errors.ts'
import type { FormValues } from './page-views.ts'
import { statusClasses } from './query.ts'
import type { LogFilter, LogPlace } from './query.ts'

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function uuid(text: string, name: string): string {
  if (!UUID.test(text)) throw new Fault('request.invalid', { detail: `${name} must be an id like 0192f3a4-....` })
  return text.toLowerCase()
}

/** What a date field sends has no zone; the page speaks UTC. */
function instant(text: string, name: string): string {
  const date = new Date(/(z|[+-]\d\d:\d\d)$/i.test(text) ? text : `${text}Z`)
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) throw new Fault('request.invalid', { detail: `${name} must be a date and time.` })
  return date.toISOString()
}

/** What was typed, text only. */
export function valuesOf(query: Readonly<Record<string, unknown>>): FormValues {
  const value = (name: string): string => { const given = query[name]; return typeof given === 'string' ? given.trim().replaceAll('\0', '').slice(0, 500) : '' }
  return { organization: value('organization'), account: value('account'), model: value('model'), status: value('status'), method: value('method'), path: value('path'), after: value('after'), before: value('before'), run: value('run') }
}

/** What was typed, as a filter. What cannot be read is said, not ignored: a list that shows more than was asked for misleads. */
export function filterOf(values: FormValues): LogFilter {
  const statusClass = statusClasses.find((word) => word === values.status)
  if (values.status !== '' && statusClass === undefined) throw new Fault('request.invalid', { detail: `Status must be one of ${statusClasses.join(', ')}.` })
  return {
    ...(values.organization !== '' && { organizationId: uuid(values.organization, 'Organisation') }),
    ...(values.account !== '' && { linkedAccountId: uuid(values.account, 'Linked account') }),
    ...(values.run !== '' && { runId: uuid(values.run, 'Sync run') }),
    ...(values.model !== '' && { model: values.model }),
    ...(statusClass !== undefined && { statusClass }),
    ...(values.method !== '' && { method: values.method }),
    ...(values.path !== '' && { path: values.path }),
    ...(values.after !== '' && { startedAfter: instant(values.after, 'From') }),
    ...(values.before !== '' && { startedBefore: instant(values.before, 'To') }),
  }
}

/** Where an "older" link goes on. */
export function placeOf(older: unknown): LogPlace | null {
  if (older === undefined) return null
  const [startedAt = '', id = ''] = typeof older === 'string' ? older.split(',') : []
  if (!UUID.test(id) || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(startedAt) || Number.isNaN(Date.parse(startedAt))) throw new Fault('request.invalid', { detail: 'This link to older requests is damaged.' })
  return { startedAt, id }
}
