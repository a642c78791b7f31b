// Reads the first page of every resource of one provider from a real system, scrubs it, and writes it down.
// node scripts/record-fixtures.ts <slug> <file with base_url and auth.key> <version of the system>
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { AnyProvider, AnyResource, Send } from '#kit'
import { providers } from '#providers'
import { readPage } from '#src/sync/pages'
import { firstPlace } from '#src/sync/place'

const [, , slug, file, version] = process.argv
const provider = providers.find((candidate) => candidate.slug === slug) as AnyProvider | undefined
if (provider?.auth.kind !== 'api_key' || file === undefined || version === undefined) throw new Error('usage: record-fixtures.ts <slug> <credentials.json> <version>')
const { base_url, auth } = JSON.parse(readFileSync(file, 'utf8')) as { base_url: string; auth: { key: string } }
const headers = provider.auth.headers({ [Object.keys(provider.auth.fields as object)[0]!]: auth.key }, { base_url })
const folder = new URL(`../providers/${slug}/fixtures/`, import.meta.url)

/** Enough rows to be telling, few enough to be read. */
const PAGE = 4
const secret = new Set(provider.secretKeys)
const scrub = (text: string): string => JSON.stringify(JSON.parse(text, (key, value: unknown) => (secret.has(key) ? '<scrubbed>' : value))).replaceAll(base_url, `https://${slug}.example.com`)

async function record(resource: AnyResource): Promise<void> {
  const exchanges: unknown[] = []
  const send: Send = async ({ method, path, query = {} }) => {
    const asked = Object.fromEntries(Object.entries('limit' in query ? { ...query, limit: PAGE } : query).filter(([, value]) => value !== undefined).map(([key, value]) => [key, String(value)]))
    // A development tool that contacts what its user names; the product's own requests leave through src/egress.
    // oxlint-disable-next-line no-restricted-globals
    const response = await fetch(`${base_url}${path}?${new URLSearchParams(asked).toString()}`, { method, headers: headers as Record<string, string> })
    const body: unknown = JSON.parse(scrub(await response.text()))
    exchanges.push({ request: { method, path, query: asked }, response: { status: response.status, body } })
    return { status: response.status, headers: response.headers, body, logId: '' }
  }
  await readPage(resource, send, { since: null, place: firstPlace(resource) })
  const text = JSON.stringify({ origin: 'recorded', system: `${provider!.name} ${version}`, recordedOn: new Date().toISOString().slice(0, 10), model: resource.model.id as string, exchanges }, null, 1)
  if (text.includes(auth.key)) throw new Error(`${resource.model.id as string}: the key is still in the recording`)
  writeFileSync(new URL(`${resource.model.id as string}.json`, folder), `${text}\n`)
  console.log(`${resource.model.id as string}: ${exchanges.length} exchanges`)
}

mkdirSync(folder, { recursive: true })
for (const resource of provider.resources) await record(resource)
