/** The API as one Fastify app: limits, hooks and errors in one place, routes from the rooms. */
import formbody from '@fastify/formbody'
import { Type } from '@sinclair/typebox'
import { randomUUID } from 'node:crypto'
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyPluginAsync, type FastifyRequest } from 'fastify'
import type { AnyProvider } from '#kit'
import { changeRoutes } from '../changes/routes.ts'
import type { Waker } from '../changes/wake.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/client.ts'
import type { CursorKey } from '../db/keyset.ts'
import { Fault } from '../errors.ts'
import { openAnswerBuffers } from '../http/answer-buffer.ts'
import { compress } from '../http/compress.ts'
import { announceDeprecation } from '../http/deprecation.ts'
import { finishHeaders, logSafe } from '../http/headers.ts'
import { parseBody } from '../http/json-body.ts'
import { sendProblem } from '../http/problem.ts'
import { limitRate } from '../http/rate-limit.ts'
import { refuseBrokenRequest } from '../http/broken-request.ts'
import { validatorCompiler } from '../http/validate.ts'
import type { Models } from '../records/expand.ts'
import { authenticate } from './authenticate.ts'
import type { Proofs } from './coverage.ts'
import { integrationRoutes } from './integrations.ts'
import { modelRoutes } from './models.ts'
import { notFound } from './not-found.ts'
import { registerOpenApi } from './openapi.ts'
import { platformAwaitingRoutes } from './platform-awaiting.ts'
import { providerRoutes } from './providers.ts'
import { unseenWordRoutes } from './unseen-words.ts'

export interface AppDeps {
  readonly database: Database
  readonly config: Pick<Config, 'trustProxy'> & Partial<Pick<Config, 'rateLimitPerMinute'>>
  /** The first signs cursors, all verify. */
  readonly cursorKeys: readonly CursorKey[]
  readonly providers: readonly AnyProvider[]
  /** What lies beside the providers and proves them. */
  readonly proofs?: Proofs
  readonly models: Models
  readonly logger: FastifyBaseLogger
  /** Whether requests can be served now: migrated, database reachable. */
  readonly ready: () => Promise<boolean>
  /** Told after a request has changed records. */
  readonly onChanges?: Waker['changed'] | undefined
  /** What other rooms add. */
  readonly routes?: readonly FastifyPluginAsync[]
  readonly now?: () => number
}

const MEBIBYTE = 2 ** 20
const LIMITS = {
  bodyLimit: MEBIBYTE,
  connectionTimeout: 60_000,
  requestTimeout: 30_000,
  handlerTimeout: 30_000,
  keepAliveTimeout: 65_000,
  maxRequestsPerSocket: 10_000,
  http: { maxHeaderSize: 16_384, headersTimeout: 20_000, connectionsCheckingInterval: 5_000 },
  routerOptions: { maxParamLength: 200 },
} as const

const JSON_BODY = /^application\/json(?:; ?charset=utf-8)?$/i
const FORM_BODY = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i

/** Only the types that a route takes, spelled plainly: clever spellings are how validation gets walked around. */
function mediaTypeFault({ headers, routeOptions, is404 }: FastifyRequest): Fault | undefined {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  if (!hasBody || is404) return undefined
  const type = headers['content-type'] ?? ''
  if (JSON_BODY.test(type) || (routeOptions.config.form === true && FORM_BODY.test(type))) return undefined
  return new Fault('request.unsupported_media_type', { detail: `Send the body as application/json${routeOptions.config.form === true ? ' or application/x-www-form-urlencoded' : ''}.` })
}

/** The whole API, not yet listening. */
export async function buildApp({ database, config, cursorKeys, providers, proofs = {}, models, logger, ready, onChanges, routes = [], now = Date.now }: AppDeps): Promise<FastifyInstance> {
  const app = fastify({
    ...LIMITS,
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => `req_${randomUUID().replaceAll('-', '')}`,
    requestIdHeader: false,
    trustProxy: config.trustProxy.length === 0 ? false : [...config.trustProxy],
    clientErrorHandler: refuseBrokenRequest,
    frameworkErrors: (error, request, reply) => { void sendProblem(error, request, reply) },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_: FastifyRequest, body: string) => parseBody(body))
  await app.register(formbody)

  // Hooks that have nothing to wait for do not: each promise costs, and every request passes them all.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  announceDeprecation(app)
  authenticate(app, { database, now })
  if (config.rateLimitPerMinute !== undefined && config.rateLimitPerMinute > 0) limitRate(app, { perMinute: config.rateLimitPerMinute, now })
  app.addHook('onRequest', (request, _, done) => done(mediaTypeFault(request)))
  // A query parameter that no schema names is an error, also where a route has no parameters at all.
  app.addHook('onRoute', (route) => { if (route.url.startsWith('/api/')) route.schema = { querystring: Type.Object({}), ...route.schema } })
  // Connections that become idle while the server closes would hold it open until they time out.
  let closing = false
  app.addHook('preClose', (done) => { closing = true; done() })
  app.addHook('onSend', (request, reply, payload, done) => {
    finishHeaders(reply)
    if (closing) reply.header('connection', 'close')
    const sent = compress(request, reply, payload)
    if (sent instanceof Promise) return sent
    return done(null, sent)
  })
  app.addHook('onResponse', (request, reply, done) => {
    // The pattern, not the address: addresses carry ids and whatever was pasted into them.
    request.log.info({ method: request.method, route: request.routeOptions.url ?? null, status: reply.statusCode, ms: Math.round(reply.elapsedTime), ip: request.ip, userAgent: logSafe(request.headers['user-agent'] ?? ''), organizationId: request.caller?.organizationId, linkedAccountId: request.account?.id }, 'request')
    done()
  })
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
  notFound(app)

  await registerOpenApi(app, models)
  app.get('/health', { config: { scope: 'public' } }, async () => ({ status: 'alive' }))
  app.get('/ready', { config: { scope: 'public' } }, async () => {
    if (!await ready()) throw new Fault('storage.unavailable')
    return { status: 'ready' }
  })
  await app.register(modelRoutes({ database, cursorKeys, models, onChanges, answerBuffer: openAnswerBuffers() }))
  await app.register(changeRoutes({ database, cursorKeys, models: Object.keys(models) }))
  await app.register(unseenWordRoutes({ database, cursorKeys }))
  await app.register(integrationRoutes(providers, cursorKeys))
  await app.register(providerRoutes(providers, proofs))
  await app.register(platformAwaitingRoutes)
  for (const plugin of routes) await app.register(plugin)
  await app.ready()
  return app
}
