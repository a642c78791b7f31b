/** A second vendor that nobody knows, with everything that the first one lacks: the conformance suite is shown to ask it of a vendor that has it. */
import {
  bool, defineProvider, defineWrite, given, id, instant, inventCompany, jqlText, notOffered, num, numberOf, ok, onWall, parseQuery, placeOf, placeWord, partOf, present, prose, route, guarded, search, secretKey, selected, soql, str, subdomain, tokenDesk, tokenOf, vendorWord, word, zone,
  type AnyProvider, type BoxContact, type BoxDeal, type Company, type FieldClass, type Resource, type Rows, type SandboxAnswer, type SandboxVendor, type TokenDesk,
} from '#kit'
import { models, type RecordOf } from '#models'

type Model<Id extends keyof typeof models> = RecordOf<(typeof models)[Id]>
const contactOf = models['crm.Contact']
const opportunityOf = models['crm.Opportunity']
const stageOf = models['crm.Stage']

interface Person { readonly Id: string; readonly First: string | null; readonly Last: string; readonly Company: string; readonly Stamp: string; readonly IsGone: boolean; readonly Extra__c: string | null; readonly Mail: readonly string[] }
interface People { readonly done: boolean; readonly size: number; readonly records: readonly Person[]; readonly more?: string }
const columns = ['Id', 'First', 'Last', 'Company', 'Stamp', 'IsGone', 'Mail'] as const

/** SQL's manner, addresses of next pages, a flag on what is gone, custom fields by name. */
const contact: Resource<Model<'crm.Contact'>, Person, People, Person, unknown, { custom: FieldClass }> = {
  model: contactOf, version: 1,
  read: {
    path: '/query', items: (page) => page.records, total: (page) => page.size, pages: { kind: 'url', next: (page) => page.more }, rows: { kind: 'items' },
    lookups: { custom: { ask: () => ({ path: '/fields' }), entries: (body) => (body as { fields: { name: string; label: string }[] }).fields.map(({ name, label }) => [name, { name: label, description: null, type: 'string', isRequired: null, choices: [] }]), withheld: 'is_empty' } },
    request: ({ since }, { lookups }) => ({ path: '/query', query: { q: soql({ select: [...columns, ...lookups.custom.keys()], from: 'Person', where: [since !== undefined && `Stamp >= ${String(since)}`], orderBy: ['Stamp', 'Id'] }) } }),
    incremental: { since: (at) => ({ since: at.toISOString() }), changedAt: (row) => instant(row.Stamp), overlapSeconds: 120 },
    deletions: { seenAs: 'flag', gone: (row) => bool(row.IsGone) === true },
  },
  identity: { remoteId: (row) => id(row.Id) },
  fields: {
    first_name: (row) => prose(row.First), last_name: (row) => prose(row.Last), account: (row) => id(row.Company), owner: notOffered, addresses: notOffered, phone_numbers: notOffered, last_activity_at: notOffered, remote_created_at: notOffered, contact_url: notOffered,
    email_addresses: (row) => (Array.isArray(row.Mail) ? present(row.Mail.map(str)).map((email_address) => ({ email_address, email_address_type: null })) : []),
  },
  fieldClasses: 'custom',
  remoteFields: (row) => [{ key: 'Extra__c', name: 'Extra', value: row.Extra__c }],
}

interface Deal { readonly id: number; readonly title: string; readonly stage: string; readonly value: number | null; readonly changed: string }
type DealRow = Deal & { readonly stage_name: string; readonly companies: readonly number[] }
interface DealPage { readonly results: readonly Deal[]; readonly next: string | null }

/** A list by GET, changes by a search to the minute in the account's time zone, associations in batches, names from a look-up, the deleted in a list of their own. */
const opportunity: Resource<Model<'crm.Opportunity'>, DealRow, DealPage, Deal, { of: Record<string, number[]> }, { stages: string }> = (() => {
  const lookups = { stages: { ask: () => ({ path: '/stages' }), entries: (body: unknown) => (body as { stages: { id: string; name: string }[] }).stages.map(({ id: key, name }) => [key, name] as const), withheld: 'fails' as const } }
  const rows: Rows<DealRow, Deal, { of: Record<string, number[]> }, { stages: string }> = {
    kind: 'batch', size: 25, asks: (deals) => [search('/associations/companies', { ids: deals.map((deal) => deal.id) })],
    rows: ([companies], deals, { lookups: { stages } }) => deals.map((deal) => ({ ...deal, stage_name: stages.get(deal.stage) ?? deal.stage, companies: companies!.of[deal.id] ?? [] })),
  }
  return {
    model: opportunityOf, version: 1,
    read: {
      path: '/deals', query: { limit: 40 }, items: (page) => page.results, pages: { kind: 'cursor', param: 'after', next: (page) => page.next }, lookups, rows,
      incremental: {
        since: (at, { time_zone: where = 'UTC' }) => ({ since: onWall(at, where, 'minute') }), changedAt: (deal) => instant(deal.changed), overlapSeconds: 300,
        walk: { path: '/deals/search', items: (page: DealPage) => page.results, lookups, rows, pages: { kind: 'keyset', after: (last: Deal) => ({ above: last.id }), done: (page: DealPage) => page.results.length < 20 }, request: ({ since, above = 0 }) => search('/deals/search', { filter: `changed >= ${jqlText(String(since))} and id > ${String(above)} order by id`, limit: 20 }) },
      },
      deletions: { seenAs: 'separate_read', absence: 'counts', walk: { path: '/deals/deleted', items: (page: { ids: number[] }) => page.ids, gone: (deal: number) => String(deal), pages: { kind: 'single' }, rows: { kind: 'items' } } },
    },
    identity: { remoteId: (row) => id(row.id) },
    fields: {
      name: (row) => prose(row.title), description: notOffered, amount: (row) => num(row.value), owner: notOffered, account: (row) => (Array.isArray(row.companies) ? id(row.companies[0]) : null), stage: (row) => id(row.stage), status: (row) => word({ Won: 'WON', Lost: 'LOST', New: 'OPEN' }, row.stage_name), last_activity_at: notOffered, close_date: notOffered, remote_created_at: notOffered, opportunity_url: (row, { baseUrl }) => `${baseUrl}/deals/${row.id}`,
    },
  }
})()

/** One record of another model in many items. */
const stage: Resource<Model<'crm.Stage'>, { readonly id: string; readonly name: string }, { changed: { id: number; stage: string; gone?: boolean }[] }, { id: number; stage: string; gone?: boolean }, unknown, { stages: string }> = {
  model: stageOf, version: 1,
  read: {
    path: '/deals/stages', items: (page) => page.changed, pages: { kind: 'single' }, lookups: { stages: { ask: () => ({ path: '/stages' }), entries: (body) => (body as { stages: { id: string; name: string }[] }).stages.map(({ id: key, name }) => [key, name]), withheld: 'fails' } },
    rows: { kind: 'within', rows: (item, { lookups: { stages } }) => [{ id: item.stage, name: stages.get(item.stage) ?? item.stage }] }, incremental: 'full_only', deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id), repeats: true },
  fields: { name: (row) => prose(row.name) },
}

interface World { readonly company: Company; readonly people: Record<string, unknown>[]; deals: Deal[]; readonly deleted: number[]; readonly desk: TokenDesk; readonly open: Map<string, readonly object[]> }
const STAGES = [{ id: 's1', name: 'New' }, { id: 's2', name: 'Won' }, { id: 's3', name: 'Lost' }, { id: 's4', name: 'Haggling' }]
const SECRET = 'canary-invented-secret-42'
const ZONE = 'America/Los_Angeles'
const seconds = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`
const person = ({ n, first, last, customer, email, updatedAt }: BoxContact) => ({ Id: `003${n}`, First: n % 7 === 0 ? null : first, Last: last, Company: String(customer), Stamp: seconds(updatedAt), IsGone: false, Extra__c: n % 2 === 0 ? 'own' : null, Mail: [email], Hidden: 'x' })
const deal = ({ n, name, stage: at, amount, updatedAt }: BoxDeal): Deal => ({ id: n, title: name, stage: STAGES[at % 4]!.id, value: n % 5 === 0 ? null : amount, changed: seconds(updatedAt) })

const refused = (status: number, code: string): SandboxAnswer => ({ status, body: { error: { code } } })
function peoplePage(rows: readonly object[], world: World, size: number): SandboxAnswer {
  const left = rows.slice(50)
  const place = `/api/query/${world.open.size}`
  if (left.length > 0) world.open.set(place, left)
  return ok({ done: left.length === 0, size, records: rows.slice(0, 50), ...(left.length > 0 && { more: place }) })
}

const box: SandboxVendor<World> = {
  link: () => ({ setup: { sub: 'acme' }, credentials: { client_id: 'client-public', client_secret: SECRET } }),
  grow(size) {
    const company = inventCompany(size)
    return { company, people: company.contacts.map(person), deals: company.deals.map(deal), deleted: [], desk: tokenDesk(), open: new Map() }
  },
  counts: ({ people, deals }) => ({ 'crm.Contact': people.length, 'crm.Opportunity': deals.length, 'crm.Stage': STAGES.length }),
  secrets: () => [],
  endSessions: ({ desk }) => desk.endAll(),
  change(world, at) {
    const some = [world.people[3]!, world.people.at(-1)!]
    for (const one of some) Object.assign(one, { Last: 'Changed', Stamp: seconds(at) })
    const deals = [world.deals[0]!, world.deals.at(-1)!]
    world.deals = world.deals.map((one) => (deals.includes(one) ? { ...one, title: 'Changed', changed: seconds(at) } : one))
    return { 'crm.Contact': some.map(({ Id }) => String(Id)), 'crm.Opportunity': deals.map((one) => String(one.id)) }
  },
  remove(world, at) {
    const [gone] = world.deals.splice(5, 1)
    world.deleted.push(gone!.id)
    Object.assign(world.people[8]!, { IsGone: true, Stamp: seconds(at) })
    return { 'crm.Opportunity': [String(gone!.id)], 'crm.Contact': [String(world.people[8]!['Id'])] }
  },
  troubles: [
    { what: 'a session that ended', answer: refused(401, 'INVALID_SESSION'), means: 'upstream.unauthorized' },
    { what: 'a missing right', answer: refused(403, 'NO_ACCESS'), means: 'upstream.forbidden' },
    { what: 'a day\'s credits', answer: refused(403, 'REQUEST_LIMIT'), means: 'upstream.rate_limited', waitSeconds: 900, meter: { docs: 'https://invented.example/docs', count: 100, perSeconds: 10 } },
    { what: 'a second\'s searches, by their number', answer: refused(429, 'SEARCHES'), means: 'upstream.rate_limited', meter: { docs: 'https://invented.example/docs', count: 4, perSeconds: 1, counts: ({ path }) => Number(path.endsWith('/search')) } },
    { what: 'an error inside a good answer', answer: { status: 200, body: { success: false, error: { code: 'BAD_INPUT', field: 'title' } } }, means: 'upstream.rejected' },
  ],
  routes: [
    route('POST', '/token', (request, { desk }) => {
      const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
      return form.get('client_secret') === SECRET ? ok({ access_token: desk.issue(600), expires_in: 600 }) : refused(400, 'invalid_client')
    }),
    ...guarded<World>((request, { desk }) => (desk.isGood(tokenOf(request)) ? null : refused(401, 'INVALID_SESSION')), [
      route('GET', '/api/me', () => ok({ user: { id: 'u-1', zone: ZONE } })),
      route('GET', '/api/fields', () => ok({ fields: [{ name: 'Extra__c', label: 'Extra' }] })),
      route('GET', '/api/stages', () => ok({ stages: STAGES })),
      route('GET', '/api/query', (request, world) => {
        const query = parseQuery(request.query.get('q') ?? '')
        if (typeof query === 'string') return refused(400, query)
        const rows = query.sort(world.people.filter(query.matches)).map((row) => selected(row, query.select))
        return peoplePage(rows, world, rows.length)
      }),
      route('GET', '/api/query/:place', ({ path }, world) => peoplePage(world.open.get(path) ?? [], world, 0)),
      route('GET', '/api/deals', ({ query }, { deals }) => { const { part, next } = partOf(deals, placeOf(query.get('after')), numberOf(query.get('limit'), 10, 40)); return ok({ results: part, next: placeWord(next) }) }),
      route('GET', '/api/deals/stages', (_, { deals }) => ok({ changed: deals.map(({ id: n, stage: at }) => ({ id: n, stage: at })) })),
      route('GET', '/api/deals/deleted', (_, { deleted }) => ok({ ids: deleted })),
      route('POST', '/api/deals/search', ({ body }, { deals }) => {
        const { filter, limit } = body as { filter: string; limit: number }
        // The wall of the account's owner, to the minute.
        const query = parseQuery(filter, (row, column) => (column === 'changed' ? onWall(new Date(row['changed'] as string), ZONE, 'minute') : row[column]))
        if (typeof query === 'string') return refused(400, query)
        return ok({ results: query.sort(deals.filter((one) => query.matches(one as unknown as Record<string, unknown>)) as unknown as Record<string, unknown>[]).slice(0, limit), next: null })
      }),
      route('POST', '/api/associations/companies', ({ body }, { company }) => ok({ of: Object.fromEntries((body as { ids: number[] }).ids.map((n) => [n, n % 6 === 0 ? [] : [company.deals[n - 1]!.customer]])) })),
    ]),
  ],
  otherwise: refused(404, 'NOT_FOUND'),
}

const stageWords = { Won: 'WON', Lost: 'LOST', New: 'OPEN' }
const codeOf = (body: unknown): unknown => (body as { error?: { code?: unknown } | null } | null)?.error?.code
const headers = (token: string) => ({ authorization: `Bearer ${token}` })

export const inventedCrm: AnyProvider = defineProvider({
  slug: 'invented-crm', name: 'Invented CRM', categories: ['crm'], docs: 'https://invented.example/docs', setup: { sub: subdomain('Subdomain', 'as in https://<this>.invented.example') }, baseUrl: ({ sub }) => `https://${sub}.invented.example/api`,
  auth: {
    kind: 'token_exchange', fields: { client_id: { ...secretKey('Client id', 'Settings, Apps'), isPublic: true }, client_secret: secretKey('Client secret', 'Settings, Apps') }, headers,
    ask: ({ client_id, client_secret }, { sub }) => ({ path: '/token', url: `https://${sub}.invented.example/token`, form: { grant_type: 'client_credentials', client_id, client_secret } }),
    session: (body) => { const { access_token: token, expires_in: expiresInSeconds } = (body ?? {}) as { access_token?: string; expires_in?: number }; return token === undefined ? null : { token, ...(expiresInSeconds !== undefined && { expiresInSeconds }) } },
  },
  oauth: {
    docs: 'https://invented.example/docs', authorizeUrl: ({ sub }) => `https://${sub!}.invented.example/authorize`, tokenUrl: ({ sub }) => `https://${sub!}.invented.example/token`, scopes: { 'crm.read': ['crm.Contact', 'crm.Opportunity', 'crm.Stage'], offline: 'always' },
    scopeSeparator: ' ', pkce: 'S256', clientAuth: 'body', tokenBody: 'form', refresh: 'rotating', headers,
  },
  whoami: { path: '/me', identity: (body) => str((body as { user?: { id?: unknown } } | null)?.user?.id), learns: (body) => { const found = zone((body as { user?: { zone?: unknown } } | null)?.user?.zone); return found === null ? {} : { time_zone: found } }, ask: 'at_link' },
  limits: { concurrency: 4, requests: { count: 100, perSeconds: 10 }, budgets: [{ name: 'search', count: 4, perSeconds: 1, cost: ({ path }) => Number(path.endsWith('/search')) }], wait: ({ body }) => (codeOf(body) === 'REQUEST_LIMIT' ? 900 : null) },
  errors: [{ status: 403, when: ({ body }) => codeOf(body) === 'REQUEST_LIMIT', code: 'upstream.rate_limited' }, { status: 200, when: ({ body }) => codeOf(body) === 'BAD_INPUT', code: 'upstream.rejected' }],
  secretKeys: [], resources: [contact, opportunity, stage],
  writes: [
    defineWrite(opportunityOf)({
      kind: 'create', accepts: ['name', 'amount', 'stage', 'status', 'account'], requires: ['name'], repeated: { keyHeader: 'idempotency-key' }, visibleAfterSeconds: 60, docs: 'https://invented.example/docs',
      ask: (input, { remoteFields }) => ({ method: 'POST', path: '/deals', body: given({ title: input.name, value: input.amount, stage: input.stage, status: vendorWord(stageWords, input.status), ...remoteFields }) }),
      followed: ({ account }) => (account === undefined || account === null ? [] : [search('/associations', { company: account })]),
      remoteId: ({ body }) => id((body as { id?: unknown } | null)?.id), complaints: ({ body }) => (codeOf(body) === undefined ? [] : [{ message: String(codeOf(body)), field: str((body as { error: { field?: unknown } }).error.field) }]),
    }),
    defineWrite(contactOf)({
      kind: 'update', accepts: ['first_name', 'last_name'], requires: [], repeated: 'harmless', visibleAfterSeconds: 0, docs: 'https://invented.example/docs',
      ask: (input, { remoteId }) => ({ method: 'PATCH', path: `/people/${remoteId}`, body: given({ First: input.first_name, Last: input.last_name }) }), remoteId: () => null, complaints: ({ body }) => (codeOf(body) === undefined ? [] : [{ message: String(codeOf(body)), field: null }]),
    }),
  ],
  webhooks: {
    docs: 'https://invented.example/docs', signature: { kind: 'hmac', algorithm: 'sha256', header: 'x-invented-signature', encoding: 'hex', timestamp: { header: 'x-invented-at', unit: 'seconds', toleranceSeconds: 300 }, signed: ({ body }, at) => `${at}.${body}` },
    told: (body) => { const events = (body as { events?: unknown } | null)?.events; return Array.isArray(events) ? (events as { deal: number; id: string }[]).map((event) => ({ model: 'crm.Opportunity', remoteId: String(event.deal), what: 'changed', eventId: event.id, at: null })) : [] },
    subscribe: ({ url, secret }) => [search('/hooks', { url, secret })], subscribed: (body) => { const hook = id((body as { hook?: unknown } | null)?.hook); return hook === null ? null : { id: hook, secret: null, expiresInSeconds: null } },
  },
  sandbox: async () => box,
})
