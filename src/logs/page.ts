import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { models } from '../../common-models/index.ts'
import type { Database } from '../db/client.ts'
import type { Vault } from '../db/seal.ts'
import { asFault, Fault } from '../errors.ts'
import { filterOf, placeOf, UUID, valuesOf } from './page-form.ts'
import { isLocal, SESSION_SECONDS } from './local-access.ts'
import type { LocalAccess } from './local-access.ts'
import { style } from './page-style.ts'
import { listView, noticeView, oneView } from './page-views.ts'
import type { Choice } from './page-views.ts'
import { getLog, listLogs, systemReader } from './query.ts'

export interface LogPagesDeps { readonly database: Database; readonly vault: Vault; readonly access: LocalAccess }

const COOKIE = 'intermodal_logs'
const PAGE_SIZE = 100
/** More accounts than a person picks from a list. */
const LISTED_ACCOUNTS = 500
const CSP = `default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`
const options = { config: { scope: 'public' }, schema: { hide: true } } as const

/** The pages at /logs: every upstream request of this installation, for somebody at this machine. */
export const logPages = ({ database, vault, access }: LogPagesDeps): FastifyPluginAsync => async (app) => {
  const read = systemReader(database)

  app.addHook('onRequest', async (request, reply) => {
    reply.header('content-security-policy', CSP)
    if (!isLocal({ socket: request.raw.socket, headers: request.raw.headers })) throw new Fault('request.forbidden', { detail: 'The log page is shown on this machine only, at its own address (localhost), and not through a proxy.' })
    const { url } = request.routeOptions
    if (url === '/logs/enter') return
    // A page elsewhere must not even learn whether a log is there.
    const site = request.headers['sec-fetch-site']
    if (site !== undefined && site !== 'none' && site !== 'same-origin') throw new Fault('request.forbidden', { detail: 'Open the log page by itself, not from another page.' })
    if (url !== '/logs/style.css' && !await access.isSession(sessionOf(request))) throw new Fault('request.forbidden', { detail: 'Open the log page by the one-time link that the terminal prints when the service starts. A link works once and for ten minutes, a visit lasts twelve hours.' })
  })
  app.setErrorHandler((error, request, reply) => {
    const fault = asFault(error)
    const { status, title } = fault.entry
    if (status >= 500) request.log.error({ err: error }, 'the log page failed')
    return page(reply.code(status), noticeView(title, status >= 500 ? title : fault.message))
  })

  app.get<{ Querystring: { token?: unknown } }>('/logs/enter', options, async ({ query }, reply) => {
    const session = await access.enter(typeof query.token === 'string' ? query.token : '')
    // Not `Secure`: this machine is reached over plain http, and the cookie never leaves it.
    return reply.header('set-cookie', `${COOKIE}=${session}; Path=/logs; HttpOnly; SameSite=Strict; Max-Age=${SESSION_SECONDS}`).redirect('/logs', 303)
  })

  app.get('/logs/style.css', options, async (_request, reply) => reply.type('text/css; charset=utf-8').header('cache-control', 'private, max-age=3600').send(style))

  app.get<{ Querystring: Record<string, unknown> }>('/logs', options, async ({ query }, reply) => {
    const values = valuesOf(query)
    const filter = filterOf(values)
    const after = placeOf(query['older'])
    const [found, organizations, accounts] = await Promise.all([
      listLogs(read, filter, { after, limit: PAGE_SIZE }),
      read<Choice>({ text: 'select id as value, name as label from organizations order by name limit 1000' }),
      read<Choice>({ text: `select id as value, end_user_organization_name || ' · ' || integration as label from linked_accounts where $1::uuid is null or organization_id = $1::uuid order by created_at desc limit ${LISTED_ACCOUNTS}`, values: [filter.organizationId ?? null] }),
    ])
    // An account that was picked by its address stays picked, also where the list is too long to show it.
    const { account } = values
    const listed = filter.linkedAccountId === undefined || accounts.some(({ value }) => value === account) ? accounts : [{ value: account, label: account }, ...accounts]
    const older = found.next === null ? null : `/logs?${new URLSearchParams({ ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')), older: `${found.next.startedAt},${found.next.id}` }).toString()}`
    return page(reply, listView({ values, organizations, accounts: listed, models: Object.keys(models), page: found, older }))
  })

  app.get<{ Params: { id: string } }>('/logs/:id', options, async ({ params }, reply) => {
    const log = UUID.test(params.id) ? await getLog(read, vault, params.id) : null
    if (log === null) throw new Fault('request.not_found', { detail: 'There is no such request, or it is older than logs are kept.' })
    const [account] = await read<Choice>({ text: `select id as value, end_user_organization_name || ' · ' || integration as label from linked_accounts where id = $1`, values: [log.linked_account_id] })
    return page(reply, oneView(log, account?.label ?? null))
  })
}

const page = (reply: FastifyReply, text: string): FastifyReply => reply.type('text/html; charset=utf-8').send(text)

function sessionOf(request: FastifyRequest): string | undefined {
  return request.headers.cookie?.split(';').map((part) => part.trim()).find((part) => part.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1)
}
