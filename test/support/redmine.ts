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
  return { call, list }
}
