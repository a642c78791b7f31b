import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { models } from '#models'
import type { AccountWork } from '../accounts/account.ts'
import { isRestricted, readScopes, scopeOf } from '../accounts/scopes.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/client.ts'
import { codingsOf } from '../egress/body.ts'
import type { FileLimits } from '../egress/file.ts'
import { Fault } from '../errors.ts'
import { ownAccount } from '../http/caller.ts'
import { isUuid } from '../http/formats.ts'
import type { LogWriter } from '../logs/entry.ts'
import { findOriginal } from '../records/original.ts'
import { assertWhoami } from '../sync/whoami.ts'
import type { Door, DoorContext, FileAnswer, FileDoor } from '../upstream/door.ts'
import { contentDisposition, essenceOf, mediaType } from './disposition.ts'

export interface DownloadDeps {
  readonly database: Database
  readonly door: Door & FileDoor
  readonly logs: LogWriter
  readonly account: (organizationId: string, linkedAccountId: string) => Promise<AccountWork | null>
  readonly config: Pick<Config, 'downloadLimitBytes'>
  /** The vendor must begin within this time. */
  readonly beginMs?: number
  /** See `FileLimits`. */
  readonly idleMs?: number
}

const TOTAL_MS = 30 * 60_000
const model = models['ticketing.Attachment']
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** What is said of the file, whoever says it. It is saved and never shown: its type is the vendor's word, and its bytes are anybody's. */
function headersOf({ headers }: FileAnswer, name: string | null, type: string | null): Record<string, string> {
  const length = headers.get('content-length')
  return {
    'content-type': mediaType(headers.get('content-type'), type),
    'content-disposition': contentDisposition(name),
    'accept-ranges': 'none',
    ...(length !== null && /^\d{1,15}$/.test(length) && codingsOf(headers.get('content-encoding')).length === 0 && { 'content-length': length }),
  }
}

/** Ends when the caller leaves, and, until `began` is called, when the vendor takes too long. */
function patience(reply: FastifyReply, beginMs: number): { readonly signal: AbortSignal; readonly hasLeft: () => boolean; readonly began: () => void } {
  const controller = new AbortController()
  let left = false
  const timer = setTimeout(() => controller.abort(new Fault('upstream.timed_out', { detail: `The vendor did not begin to send the file within ${beginMs / 1000} seconds.` })), beginMs)
  reply.raw.once('close', () => {
    left = true
    clearTimeout(timer)
    controller.abort()
  })
  return { signal: controller.signal, hasLeft: () => left, began: () => clearTimeout(timer) }
}

/** Hands a file through from the vendor, as it comes: nothing of it is kept, not even in the log. */
export const downloadRoutes = ({ database, door, logs, account: load, config, beginMs = 25_000, idleMs = 30_000 }: DownloadDeps): FastifyPluginAsyncTypebox => async (app) => {
  async function fetchFile(work: AccountWork, context: DoorContext, row: unknown, limits: FileLimits): Promise<FileAnswer> {
    const resource = work.provider.resources.find((one) => (one.model.id as string) === model.id)
    const ask = resource?.download?.(row, work.setup) ?? null
    if (ask === null) throw new Fault('request.not_found', { detail: `${work.provider.name} does not say where this file is.` })
    try {
      // Where strangers are shown a page instead of being refused, the page would pass for the file.
      await assertWhoami({ account: work, send: door.open(work, { ...context, retries: false }) })
      return await door.download(work, context, ask, limits)
    } catch (error) {
      throw error instanceof Fault && error.code === 'upstream.not_found' ? new Fault('request.not_found', { ...error.facts, detail: 'The vendor no longer has this file.' }, error) : error
    }
  }

  app.get(`/api/${model.category}/v1/${model.path}/:id/download`, {
    config: { scope: 'records:read', account: 'required' },
    // The time of a whole file; how long its beginning may take is decided below. To ask for its headers alone would fetch it all.
    handlerTimeout: TOTAL_MS + 60_000, exposeHeadRoute: false,
    schema: {
      tags: [model.category], summary: 'Download the file',
      description: 'The bytes as the vendor sends them, under its word for their type, to be saved and not shown. Files that are deleted, ignored or switched off by a scope (with `file_url`, or the whole model) are not there. An answer that ends before its length is broken off.',
      params: Type.Object({ id: Type.String() }),
      querystring: Type.Object({
        include_shell_data: Type.Optional(Type.Boolean({ description: 'Accepted for compatibility.' })),
        mime_type: Type.Optional(Type.String({ maxLength: 255, description: 'The type that the file is expected to have. It is not converted: another than it has is refused.' })),
      }),
      response: { 200: { description: 'The file.', content: { 'application/octet-stream': { schema: Type.Unsafe<Readable>({ type: 'string', format: 'binary' }) } } } },
    },
  }, async (request, reply) => {
    const { id: linkedAccountId, organizationId } = ownAccount(request, model)
    const { id } = request.params
    const lines = await readScopes(database, organizationId, linkedAccountId)
    const { reads, disabled } = scopeOf(lines, model.id)
    const file = reads && !disabled.has('file_url') && isUuid(id) ? await findOriginal(database, { organizationId, id: linkedAccountId }, model, id.toLowerCase()) : null
    if (file === null) throw new Fault('request.not_found')
    const type = text(file.record['content_type'])
    const wanted = request.query.mime_type
    if (wanted !== undefined && essenceOf(wanted) !== essenceOf(type ?? '')) throw new Fault('request.invalid', { parameter: 'mime_type', detail: `The file is ${type ?? 'of a type that the vendor does not say'}, and is not converted.` })
    const work = await load(organizationId, linkedAccountId)
    if (work === null) throw new Fault('account.needs_relink')
    const { signal, hasLeft, began } = patience(reply, beginMs)
    const context: DoorContext = { traceId: request.id, requestId: request.id, model: model.id, forCaller: true, signal, bodies: !isRestricted(lines, work.provider.resources.map((one) => one.model.id)) }
    let answer: FileAnswer
    try {
      answer = await fetchFile(work, context, file.row, { bytes: config.downloadLimitBytes, idleMs, totalMs: TOTAL_MS })
    } catch (error) {
      // Whoever is told of a log can read it.
      await logs.flush()
      if (!hasLeft()) throw error
      // There is nobody to tell.
      reply.hijack()
      return
    } finally {
      began()
    }
    return reply.headers(headersOf(answer, text(file.record['file_name']), type)).send(answer.stream)
  })
}
