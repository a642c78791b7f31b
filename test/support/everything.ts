import type { TObject, TSchema } from '@sinclair/typebox'
import { defineProvider, inventFile, type AnyProvider, type AnyResource, type SandboxVendor } from '#kit'
import { fieldShape, models, type CommonModel, type FieldShape } from '#models'

/** A vendor that offers every model of every category with every field filled: two records of each, all related to one another. */
interface Row { readonly id: string; readonly fields: Record<string, unknown> }
const IDS = ['1', '2']
const known: ReadonlySet<string> = new Set(Object.keys(models))

function scalar(shape: FieldShape, name: string, id: string): unknown {
  if (shape.relation !== null) return id
  if (shape.nested !== null) return filled(shape.nested, id)
  if (shape.words !== null) return shape.words[0]
  if (shape.instant) return `2026-0${id}-02T03:04:05.678Z`
  switch (shape.type) {
    case 'integer': return 7 + Number(id)
    case 'number': return 7.5 + Number(id)
    case 'boolean': return id === '1'
    case 'object': return { own_key: `value ${id}` }
    case 'any': return `anything ${id}`
    case 'string': return shape.format === 'uri' ? `https://vendor.example/${name}/${id}` : shape.format === 'email' ? `${name}.${id}@vendor.example` : `${name} ${id} größe 🎫`
  }
}
const value = (schema: TSchema, name: string, id: string): unknown => {
  const shape = fieldShape(schema)
  if (!shape.many) return scalar(shape, name, id)
  return (shape.relation === null ? [id] : IDS).map((each) => scalar(shape, name, each))
}
const filled = (schema: TObject, id: string): Record<string, unknown> => Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [name, value(field, name, id)]))

export const rowsOf = (model: CommonModel): Row[] => IDS.map((id) => ({ id, fields: filled(model.schema, id) }))

const resourceOf = (model: CommonModel): AnyResource => ({
  model, version: 1,
  read: {
    path: `/${model.id}`, items: (page: { rows: Row[] }) => page.rows, pages: { kind: 'single' }, rows: { kind: 'items' }, incremental: 'full_only', deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row: Row) => row.id },
  fields: Object.fromEntries(Object.keys(model.schema.properties).map((name) => [name, (row: Row) => row.fields[name]])),
  ...(model.id === 'ticketing.Attachment' && { download: (row: Row) => ({ path: `/files/${row.id}` }) }),
  ...(model.hasRemoteFields ? { remoteFields: (row: Row) => [{ key: 'cf_1', name: 'Own field', value: `own ${row.id}` }] } : {}),
})

export const bytesOf = (id: string): Buffer => inventFile(`everything ${id}`)

const vendor: SandboxVendor<Record<string, never>> = {
  link: (origin) => ({ setup: { base_url: origin }, credentials: { key: 'a-key-of-everything' } }),
  grow: () => ({}),
  secrets: () => [],
  change: () => ({}), remove: () => ({}), counts: () => ({}), troubles: [],
  routes: [
    { method: 'GET', path: '/me', answer: () => ({ status: 200, body: { me: 'everything' } }) },
    { method: 'GET', path: '/files/:id', answer: ({ params }) => ({ status: 200, headers: { 'content-type': 'application/x-everything' }, body: bytesOf(params['id']!) }) },
    { method: 'GET', path: '/:model', answer: ({ params }) => (known.has(params['model']!) ? { status: 200, body: { rows: rowsOf(models[params['model'] as keyof typeof models]) } } : { status: 404, body: null }) },
  ],
  otherwise: { status: 404, body: null },
}

export const everythingProvider: AnyProvider = defineProvider({
  slug: 'everything', name: 'Everything', categories: ['hris', 'crm', 'ticketing'], docs: 'https://vendor.example/docs',
  setup: { base_url: { label: 'Address', pattern: /http:\/\/127\.0\.0\.1:\d+/, maxLength: 100 } }, baseUrl: ({ base_url }) => base_url,
  auth: { kind: 'api_key', fields: { key: { label: 'Key', pattern: /.+/, maxLength: 100 } }, headers: ({ key }) => ({ 'x-key': key }) },
  whoami: { path: '/me', identity: (body) => (body as { me?: string } | null)?.me ?? null, ask: 'at_link' },
  limits: { concurrency: 8, requests: { count: 1000, perSeconds: 1 } }, errors: [], secretKeys: [],
  resources: Object.values(models).map((model) => resourceOf(model)), sandbox: async () => vendor,
})
