/** A scaffolded provider with all of its questions answered, for a vendor that nobody has: how far it is from the first command to a green run, and what many providers cost. */
import { models } from '#models'
import { scaffold } from '../../scripts/new-provider/scaffold.ts'

interface Answers { readonly imports: string; readonly before?: string; readonly keys: Readonly<Record<string, string>> }

const LACKING = ['owner', 'addresses', 'phone_numbers', 'last_activity_at']
const GAPS = [{ model: 'crm.Contact', fields: LACKING, reason: 'not_documented', searched: 'https://acme.example/docs#contacts' }]

const ANSWERS: Readonly<Record<string, Answers>> = {
  'index.ts': {
    imports: 'defineProvider, id, secretKey',
    keys: {
      docs: `'https://acme.example/docs'`,
      setup: '{}',
      baseUrl: `() => 'https://api.acme.example'`,
      auth: `{ kind: 'api_key', fields: { api_key: secretKey('API key', 'Settings, API') }, headers: ({ api_key }) => ({ authorization: \`Bearer \${api_key}\` }) }`,
      whoami: `{ path: '/me', identity: (body) => id((body as { id?: unknown } | null)?.id), ask: 'at_link' }`,
      limits: '{ concurrency: 4, requests: { count: 10, perSeconds: 1 } }',
      errors: '[]',
      secretKeys: '[]',
    },
  },
  'contact.ts': {
    imports: 'id, instant, notOffered, present, prose, str',
    keys: {
      path: `'/contacts'`,
      items: '(page) => page.items',
      pages: `{ kind: 'cursor', param: 'after', next: (page) => page.next }`,
      incremental: '{ since: (at) => ({ since: at.toISOString() }), changedAt: (row) => instant(row.updated_at), overlapSeconds: 60 }',
      deletions: `{ seenAs: 'missing_from_full_read' }`,
      remoteId: '(row) => id(row.id)',
      first_name: '(row) => prose(row.first)',
      last_name: '(row) => prose(row.last)',
      account: '(row) => id(row.company)',
      email_addresses: '(row) => present([str(row.mail)]).map((email_address) => ({ email_address, email_address_type: null }))',
      remote_created_at: '(row) => instant(row.created_at)',
      contact_url: '(row, { baseUrl }) => `${baseUrl}/people/${row.id}`',
      ...Object.fromEntries(LACKING.map((name) => [name, 'notOffered'])),
    },
  },
  'sandbox.ts': {
    imports: 'guarded, inventCompany, numberOf, ok, partOf, placeOf, placeWord, route, tokenOf',
    before: `const KEY = 'acme-key-0123456789'\n\n`,
    keys: {
      link: '() => ({ setup: {}, credentials: { api_key: KEY } })',
      grow: '(size) => ({ contacts: inventCompany(size).contacts.map(({ n, first, last, customer, email, createdAt, updatedAt }) => ({ id: `p${n}`, first, last: n % 5 === 0 ? null : last, company: String(customer), mail: email, created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString() })) })',
      counts: `({ contacts }) => ({ 'crm.Contact': contacts.length })`,
      secrets: '() => []',
      change: `(world, at) => {\n    world.contacts = world.contacts.map((row, n) => (n === 3 ? { ...row, last: 'Changed', updated_at: at.toISOString() } : row))\n    return { 'crm.Contact': [world.contacts[3]!.id] }\n  }`,
      remove: `({ contacts }) => ({ 'crm.Contact': contacts.splice(5, 1).map(({ id }) => id) })`,
      troubles: `[\n    { what: 'a wrong key', answer: { status: 401, body: { error: 'key' } }, means: 'upstream.unauthorized' },\n    { what: 'a missing right', answer: { status: 403, body: { error: 'right' } }, means: 'upstream.forbidden' },\n    { what: 'bad input', answer: { status: 422, body: { error: 'input' } }, means: 'upstream.rejected' },\n  ]`,
      routes: `guarded((request) => (tokenOf(request) === KEY ? null : { status: 401, body: { error: 'key' } }), [\n    route('GET', '/me', () => ok({ id: 'owner-1' })),\n    route('GET', '/contacts', ({ query }, { contacts }) => {\n      const since = query.get('since')\n      const { part, next } = partOf(contacts.filter((row) => since === null || row.updated_at >= since), placeOf(query.get('after')), numberOf(query.get('limit'), 50, 50))\n      return ok({ items: part, next: placeWord(next) })\n    }),\n  ])`,
      otherwise: `{ status: 404, body: { error: 'not_found' } }`,
    },
  },
}

const VENDOR = `/** The parts of Acme's answers that we read. */
export interface ContactRow {
  readonly id: string
  readonly first: string | null
  readonly last: string | null
  readonly company: string | null
  readonly mail: string | null
  readonly created_at: string
  readonly updated_at: string
}
export interface ContactPage {
  readonly items: readonly ContactRow[]
  readonly next: string | null
}
`
const row = (n: number, last: string | null) => ({ id: `p${n}`, first: 'Ada', last, company: '7', mail: 'ada@acme.example', created_at: '2026-01-02T03:04:05.000Z', updated_at: '2026-02-03T04:05:06.000Z' })
const FIXTURE = { origin: 'spec', system: 'Acme API v1', model: 'crm.Contact', unseen: [], exchanges: [{ request: { method: 'GET', path: '/contacts' }, response: { status: 200, body: { items: [row(1, 'Lovelace'), row(2, null)], next: null } } }] }

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`

export const QUESTION = /(\w+): unanswered\('(?:[^'\\]|\\.)*'\)/g

function answered(file: string, text: string): string {
  const answers = ANSWERS[file]
  if (answers === undefined) return text
  const { imports, before = '', keys } = answers
  const used = new Set<string>()
  const done = text.replaceAll(QUESTION, (_, key: string) => {
    if (keys[key] === undefined) throw new Error(`${file} asks for ${key}, and nobody answers`)
    used.add(key)
    return `${key}: ${keys[key]}`
  })
  const idle = Object.keys(keys).filter((key) => !used.has(key))
  if (idle.length > 0) throw new Error(`${file} does not ask for ${idle.join(', ')}`)
  return done.replace(/\{ (?:defineProvider, )?unanswered/, () => `{ ${imports}`).replace('/** All that the vendor keeps', () => `${before}/** All that the vendor keeps`)
}

/** The files of the scaffold, before and after its questions are answered. */
export function answeredProvider(slug: string, name: string): { readonly open: Readonly<Record<string, string>>; readonly files: Readonly<Record<string, string>> } {
  const open = scaffold({ slug, name, models: [models['crm.Contact']] })
  const files = Object.fromEntries(Object.entries(open).map(([path, text]) => {
    const file = path.slice(`providers/${slug}/`.length)
    const whole: Readonly<Record<string, string>> = { 'vendor.ts': VENDOR, 'fixtures/crm.Contact.json': json(FIXTURE) }
    return [path, whole[file] ?? (file === 'gaps.json' ? json([...JSON.parse(text) as object[], ...GAPS]) : answered(file, text))]
  }))
  return { open, files }
}
