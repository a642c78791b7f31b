import { defineProvider, instant, notOffered, str, type AnyProvider, type AnyWalk, type Incremental, type Resource } from '#kit'
import { models, type RecordOf } from '#models'

/** A vendor's row. `rev` rises with each change of it, and is in what is served, so that every state of a record has a name. */
export interface HostileRow { readonly id: number; readonly rev: number; readonly name: string; readonly changed: string; readonly deleted?: boolean }
interface Page { readonly list: HostileRow[]; readonly total: number; readonly left: number; readonly next: string | null }

/** How the accounts of the vendor are entered: a third of them with a key, the others by consent. */
export const isByConsent = (nth: number): boolean => nth % 3 !== 0
export const APP = { id: 'chaos', secret: 'chaos-app-secret' }

/** Four lists that page and delete in four ways. */
export const LISTS = [
  { model: 'ticketing.Tag', path: '/tags', api: 'tags', deletes: 'by absence' },
  { model: 'ticketing.Project', path: '/projects', api: 'projects', deletes: 'by absence' },
  { model: 'ticketing.Team', path: '/teams', api: 'teams', deletes: 'by a list' },
  { model: 'ticketing.Role', path: '/roles', api: 'roles', deletes: 'by a flag' },
] as const
export type ListModel = (typeof LISTS)[number]['model']
export const PAGE_SIZE = 25

export const nameOf = (model: string, id: number, rev: number): string => `${model} ${id} rev ${rev}`

const incremental: Incremental<HostileRow, HostileRow> = { since: (at) => ({ since: at.toISOString() }), changedAt: (row) => instant(row.changed), overlapSeconds: 4 }
const identity = { remoteId: (row: HostileRow) => String(row.id) }
const gone: AnyWalk<never> = { path: '/teams/gone', items: (page: { list: number[] }) => page.list, gone: (id: number) => String(id), pages: { kind: 'single' }, rows: { kind: 'items' } }

const tag: Resource<RecordOf<typeof models['ticketing.Tag']>, HostileRow, Page> = {
  model: models['ticketing.Tag'], version: 1, identity, fields: { name: (row) => str(row.name) },
  read: { path: '/tags', items: ({ list }) => list, total: ({ left }) => left, pages: { kind: 'keyset', after: (last) => ({ above: last.id }), done: ({ left }, items) => left <= items.length }, rows: { kind: 'items' }, incremental, deletions: { seenAs: 'missing_from_full_read' } },
}
const project: Resource<RecordOf<typeof models['ticketing.Project']>, HostileRow, Page> = {
  model: models['ticketing.Project'], version: 1, identity, fields: { name: (row) => str(row.name), description: (row) => str(row.changed) },
  // Rows shift under it whenever one before them comes or goes.
  read: { path: '/projects', query: { limit: PAGE_SIZE }, items: ({ list }) => list, total: ({ total }) => total, pages: { kind: 'offset', param: 'skip', size: PAGE_SIZE, done: ({ total }, seen) => seen >= total }, rows: { kind: 'items' }, incremental, deletions: { seenAs: 'missing_from_full_read' } },
}
const team: Resource<RecordOf<typeof models['ticketing.Team']>, HostileRow, Page> = {
  model: models['ticketing.Team'], version: 1, identity, fields: { name: (row) => str(row.name), description: (row) => str(row.changed) },
  read: {
    path: '/teams', items: ({ list }) => list, pages: { kind: 'cursor', param: 'cursor', next: ({ next }) => next }, rows: { kind: 'items' }, incremental,
    deletions: { seenAs: 'separate_read', walk: gone, since: (at) => ({ since: at.toISOString() }), absence: 'means_nothing' },
  },
}
const role: Resource<RecordOf<typeof models['ticketing.Role']>, HostileRow, Page> = {
  model: models['ticketing.Role'], version: 1, identity, fields: { name: (row) => str(row.name), ticket_actions: notOffered, ticket_access: notOffered },
  read: { path: '/roles', items: ({ list }) => list, pages: { kind: 'page', param: 'page', first: 1, done: ({ total }, items) => items.length === 0 || total === 0 || items.length < PAGE_SIZE }, rows: { kind: 'items' }, incremental, deletions: { seenAs: 'flag', gone: (row) => row.deleted === true } },
}

export const hostile: AnyProvider = defineProvider({
  slug: 'hostile', name: 'Hostile', categories: ['ticketing'], docs: 'https://hostile.example/docs',
  setup: { base_url: { label: 'Address', pattern: /http:\/\/127\.0\.0\.1:\d+/, maxLength: 100 } }, baseUrl: ({ base_url }) => base_url,
  auth: { kind: 'api_key', fields: { key: { label: 'Key', pattern: /.+/, maxLength: 100 } }, headers: ({ key }) => ({ 'x-key': key }) },
  oauth: {
    docs: 'https://hostile.example/docs', authorizeUrl: () => 'https://hostile.example/authorize', tokenUrl: ({ base_url }) => `${base_url}/token` as `https://${string}`, scopes: { read: 'always' }, scopeSeparator: ' ', pkce: 'none',
    clientAuth: 'body', tokenBody: 'form', refresh: 'rotating', headers: (token) => ({ authorization: `Bearer ${token}` }),
  },
  whoami: { path: '/me', identity: (body) => (body as { me?: string } | null)?.me ?? null, ask: 'at_link' },
  limits: { concurrency: 8, requests: { count: 1_000_000, perSeconds: 60 } }, errors: [{ status: 410, code: 'upstream.cursor_gone' }], secretKeys: [], resources: [tag, project, team, role],
  sandbox: () => Promise.reject(new Error('has no box')),
})
