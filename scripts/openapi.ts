// The OpenAPI documents, from the routes themselves. No database is touched: nothing here answers a request.
import pino from 'pino'
import { models } from '#models'
import { providers } from '#providers'
import { roomRoutes } from '../src/cli/app.ts'
import type { House } from '../src/cli/house.ts'
import { buildApp } from '../src/api/app.ts'
import type { OpenApiDocument } from '../src/api/openapi.ts'
import type { Database } from '../src/db/client.ts'
import { cursorKey } from '../src/db/keyset.ts'

/** Stands for what only a request would use; using it is a mistake in this script. */
const unused = (what: string): unknown => new Proxy({}, { get: (_, name) => { throw new Error(`${what}.${String(name)} is not there while documents are made`) } })

const database = unused('database') as Database
const registry = new Map(providers.map((provider) => [(provider as { slug: string }).slug, provider]))

/** File name to text: one document per category, and one for what all share. */
export async function openApiDocuments(): Promise<Record<string, string>> {
  const app = await buildApp({
    database, config: { trustProxy: [] }, cursorKeys: [cursorKey(Buffer.alloc(32))], providers, models, logger: pino({ level: 'silent' }), ready: async () => false,
    routes: roomRoutes({ config: unused('config') as House['config'], database, providers: registry, cursorKeys: [], vault: unused('vault') as House['vault'], door: unused('door') as House['door'], logs: unused('logs') as House['logs'], scheduler: unused('scheduler') as House['scheduler'], sync: unused('sync') as House['sync'] }),
  })
  const document = app.swagger() as unknown as OpenApiDocument & Record<string, unknown>
  await app.close()
  const categories = [...new Set(Object.values(models).map(({ category }) => category))]
  const parts = [...categories.map((name) => ({ name: name as string, prefixes: [`/api/${name}/`, `/api/v1/${name}/`] })), { name: 'platform', prefixes: [''] }]
  const belongs = (path: string): string => parts.find(({ prefixes }) => prefixes.some((prefix) => path.startsWith(prefix)))!.name
  return Object.fromEntries(parts.map(({ name }) => {
    const paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => belongs(path) === name))
    const schemas = reachable(paths, document.components?.schemas ?? {})
    return [`openapi/${name}.json`, `${JSON.stringify({ ...document, paths, components: { ...document.components, schemas } }, null, 2)}\n`]
  }))
}

/** The schemas that these paths lead to, however indirectly. */
function reachable(from: unknown, all: Record<string, unknown>): Record<string, unknown> {
  const found = new Set<string>()
  const visit = (value: unknown): void => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name !== undefined && !found.has(name)) { found.add(name); visit(all[name]) }
    }
  }
  visit(from)
  return Object.fromEntries(Object.entries(all).filter(([name]) => found.has(name)))
}
