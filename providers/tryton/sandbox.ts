import { guarded, jsonRpcRoute, ok, tokenOf, type SandboxAnswer, type SandboxRequest, type SandboxVendor } from '#kit'
import { change, counts, remove } from './sandbox/life.ts'
import { definitions } from './sandbox/definitions.ts'
import { grow, RELATION, TODAY } from './sandbox/grow.ts'
import { MissingKeyError, read, search } from './sandbox/procedures.ts'
import { relations, type World } from './sandbox/world.ts'
import { asDay } from './values.ts'

const USER = 'link'
const PASSWORD = 'canary-box-password-7f3a'

/** What the server says without a session: nothing. */
const STRANGER: SandboxAnswer = { status: 401, headers: { 'www-authenticate': 'Basic realm="Tryton"', 'content-type': 'text/plain; charset=utf-8' }, body: null }
const page = (status: number, title: string): SandboxAnswer => ({ status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n` })
const userError = (message: string): SandboxAnswer => ok({ id: 1, error: ['UserError', [message, '', null]] })
const methodOf = ({ body }: SandboxRequest): unknown => (body as { method?: unknown } | null)?.method
const inSession = (request: SandboxRequest, { desk }: World): boolean => desk.isGood(Buffer.from(tokenOf(request, 'Session') ?? '', 'base64').toString().split(':')[2])

type Call = (params: readonly unknown[], request: SandboxRequest, world: World) => { readonly result: unknown } | { readonly error: unknown }

/** The last parameter is the context, without which nothing is answered. */
const procedure = (answer: (params: readonly unknown[], context: { readonly active_test?: boolean }, world: World) => unknown): Call => (params, _, world) => {
  const context = params.at(-1)
  if (typeof context !== 'object' || context === null || Array.isArray(context)) return { error: ['Missing context argument', ''] }
  try {
    return { result: answer(params.slice(0, -1), context, world) }
  } catch (error) {
    if (error instanceof MissingKeyError) return { error: [error.message, ''] }
    throw error
  }
}
const shown = ({ active_test: hides = true }: { readonly active_test?: boolean }) => (row: Readonly<Record<string, unknown>>): boolean => !hides || row['active'] !== false

const calls: Readonly<Record<string, Call>> = {
  'common.db.login': ([user, parameters], _, { desk }) => (user === USER && (parameters as { password?: unknown } | null)?.password === PASSWORD ? { result: [1, desk.issue(86_400)] } : { result: null }),
  'model.res.user.get_preferences': procedure(() => ({ company: 1, 'company.rec_name': 'Kranich AG', company_filter: 'one', language: 'en', groups: [1, 2] })),
  'model.ir.date.today': procedure(() => asDay(TODAY)),
  ...Object.fromEntries(Object.keys(relations).flatMap((model) => [
    [`model.${model}.search`, procedure((params, context, world) => search(world, model, params, shown(context)).map(({ id }) => id))],
    [`model.${model}.search_read`, procedure((params, context, world) => search(world, model, params, shown(context)).map((row) => read(world, model, row, params[4] as string[])))],
    [`model.${model}.fields_get`, procedure(([names]) => Object.fromEntries(Object.entries(definitions[model] ?? {}).filter(([name]) => !Array.isArray(names) || names.includes(name))))],
  ])),
}

/** A company's Tryton, as an administrator's login sees it. */
export const sandbox: SandboxVendor<World> = {
  link: (origin) => ({ setup: { base_url: origin, database: 'tryton', contact_relation: RELATION }, credentials: { username: USER, password: PASSWORD } }),
  grow, counts, change, remove,
  secrets: () => [PASSWORD],
  endSessions: ({ desk }) => desk.endAll(),
  troubles: [
    { what: 'a session that ended', answer: STRANGER, means: 'upstream.unauthorized' },
    { what: 'a model that the user may not read', answer: userError('You are not allowed to access "Party".'), means: 'upstream.forbidden' },
    { what: 'a procedure that is not for callers', answer: page(403, 'Forbidden'), means: 'upstream.forbidden' },
    { what: 'a deal without an employee', answer: userError('A value is required for field "Employee" in "Sale Opportunity".'), means: 'upstream.rejected' },
    { what: 'a module that is not active', answer: ok({ id: 1, error: ["'sale.opportunity'", ''] }), means: 'upstream.not_found' },
    { what: 'too many failed logins', answer: page(429, 'Too Many Requests'), means: 'upstream.rate_limited' },
    { what: 'a database that does not answer', answer: ok({ id: 1, error: ['server closed the connection unexpectedly', ''] }), means: 'upstream.unavailable' },
  ],
  routes: guarded<World>((request, world) => {
    if (Object.keys(request.body as object | null ?? {}).toSorted().join() !== 'id,method,params') return page(400, 'Bad Request')
    if (methodOf(request) !== 'common.db.login') return inSession(request, world) ? null : STRANGER
    const [user, parameters] = (request.body as { params: [unknown, { password?: unknown }] }).params
    return user === USER && parameters.password === PASSWORD ? null : page(401, 'Unauthorized')
  }, [jsonRpcRoute('/tryton/', calls, ["'unknown'", ''])]),
  otherwise: page(404, 'Not Found'),
}
