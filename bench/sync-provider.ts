/** A vendor that is there to be read fast: one list of people, by cursor. Its adapter reads every field of the model, as real ones do. */
import { defineProvider, id, instant, present, str, type AnyProvider, type AnyResource, type MapContext } from '#kit'
import { fieldShape, models, type CommonModel } from '#models'

type Row = Readonly<Record<string, unknown>>
interface Page { readonly people: readonly Row[]; readonly next: string; readonly total: number }

export const SLUG = 'bench'
export const model: CommonModel = models['hris.Employee']

function reader(name: string): (row: Row, context: MapContext) => unknown {
  const { relation, instant: isInstant, many, type } = fieldShape(model.schema.properties[name]!)
  if (relation !== null) return many ? (row) => present((row[name] as readonly unknown[]).map(id)) : (row) => id(row[name])
  if (isInstant) return (row) => instant(row[name])
  return type === 'string' && !many ? (row) => str(row[name]) : (row) => row[name]
}

const people = {
  model, version: 1,
  read: {
    path: '/people',
    items: (page: Page) => page.people,
    total: (page: Page) => page.total,
    pages: { kind: 'cursor', param: 'after', next: (page: Page) => page.next },
    rows: { kind: 'items' },
    incremental: { since: () => ({}), changedAt: (row: Row) => instant(row['changed']), overlapSeconds: 60 },
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row: Row) => id(row['id']) },
  fields: Object.fromEntries(Object.keys(model.schema.properties).map((name) => [name, reader(name)])),
} as unknown as AnyResource

export const provider: AnyProvider = defineProvider({
  slug: SLUG, name: 'Bench', categories: ['hris'], docs: 'https://bench.example/docs', setup: { address: { label: 'Address', pattern: /.+/, maxLength: 200 } }, baseUrl: ({ address }) => address,
  auth: { kind: 'api_key', fields: { key: { label: 'Key', pattern: /.+/, maxLength: 100 } }, headers: ({ key }) => ({ 'x-key': key }) },
  whoami: { path: '/me', identity: () => 'me', ask: 'at_link' },
  limits: { concurrency: 8, requests: { count: 1_000_000, perSeconds: 1 } }, errors: [], secretKeys: [], resources: [people],
  sandbox: () => Promise.reject(new Error('has no box')),
})
