import { payloadOf } from '#src/upstream/payload'
import type { UpstreamRequest, UpstreamResponse } from '#kit'
import type { LiveRedmine } from './live-setup.ts'

type Json = Record<string, unknown>

/** Redmine's own API, read with nothing of ours. */
export function redmineApi({ base_url: base, auth }: LiveRedmine) {
  const call = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const response = await fetch(base + path, { method, headers: { 'x-redmine-api-key': auth.key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`)
    return text === '' ? {} : JSON.parse(text) as Json
  }
  const list = async (path: string, name: string): Promise<Json[]> => {
    const all: Json[] = []
    for (let offset = 0; ; offset += 100) {
      const page = await call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=100&offset=${offset}`)
      const rows = page[name] as Json[]
      all.push(...rows)
      if (rows.length === 0 || all.length >= Number(page['total_count'] ?? rows.length)) return all
    }
  }
  /** What an adapter would send, answered as it is; by somebody else where a key is given. */
  const send = async ({ method, path, query = {}, body, form, file }: UpstreamRequest, key = auth.key): Promise<UpstreamResponse> => {
    const sent = payloadOf({ form, file, body })
    const search = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])).toString()
    const response = await fetch(`${base}${path}${search === '' ? '' : `?${search}`}`, { method, headers: { 'x-redmine-api-key': key, ...sent.type }, body: sent.body })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) as unknown, logId: 'none' }
  }
  return { call, list, send }
}
