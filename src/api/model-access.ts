/** What every operation on a model shares: its addresses, the account it works on, and the records that its address names. */
import { Type, type TObject } from '@sinclair/typebox'
import type { FastifyReply } from 'fastify'
import type { CommonModel, ListAddress } from '#models'
import type { Waker } from '../changes/wake.ts'
import type { Database } from '../db/client.ts'
import type { CursorKey } from '../db/keyset.ts'
import { Fault } from '../errors.ts'
import type { AnswerBuffer } from '../http/answer-buffer.ts'
import type { CallerAccount } from '../http/caller.ts'
import { isUuid } from '../http/formats.ts'
import type { Models } from '../records/expand.ts'
import { writePage } from '../records/present.ts'
import { findRecord, type Below } from '../records/query.ts'

export interface ModelRoutesDeps {
  readonly database: Database
  /** The first signs cursors, all verify. */
  readonly cursorKeys: readonly CursorKey[]
  readonly models: Models
  readonly answerBuffer: () => AnswerBuffer
  readonly onChanges?: Waker['changed'] | undefined
}

export const READS = { scope: 'records:read', account: 'required' } as const
export const WRITES = { scope: 'records:write', account: 'required' } as const
const JSON_TYPE = 'application/json; charset=utf-8'

/** A page of records. */
export function sendPage({ answerBuffer }: ModelRoutesDeps, reply: FastifyReply, results: readonly string[], around: Parameters<typeof writePage>[2]): FastifyReply {
  const answer = answerBuffer()
  writePage(answer.write, results, around)
  return answer.send(reply.type(JSON_TYPE))
}

export const sendJson = (reply: FastifyReply, json: string | Buffer): FastifyReply => reply.type(JSON_TYPE).send(typeof json === 'string' ? Buffer.from(json) : json)

/** `/api/crm/v1/...` as the OpenAPI document writes it, from the segments behind the version. */
export const documented = (model: CommonModel, path: string): string => `/api/${model.category}/v1/${path}`
/** The same as the router writes it. */
export const routed = (model: CommonModel, path: string): string => documented(model, path).replaceAll(/\{(\w+)\}/g, ':$1')
/** Where the model is listed across linked accounts. Records above belong to one account, so the address names none. */
export const acrossAccounts = (model: CommonModel): string => `/api/v1/${model.category}/${model.path.split('/').at(-1)!}`
/** The parameters of an address, all text: what is no id names nothing. */
export const pathParams = (path: string): TObject => Type.Object(Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name!, Type.String()])))

export type PathParams = Readonly<Record<string, string>>

/** Below which records the address puts what it lists. The records above must be there themselves, in this account and below one another. */
export async function below({ database, models }: ModelRoutesDeps, account: CallerAccount, { parents }: ListAddress, params: PathParams): Promise<Below[]> {
  const found: Below[] = []
  for (const [n, { parameter, model: id, field }] of parents.entries()) {
    const parent = models[id]
    const value = params[parameter]!.toLowerCase()
    if (parent === undefined || !isUuid(value)) throw new Fault('request.not_found')
    const above = parent.lists[0].parents.slice(0, n).flatMap((one, at) => (one.field === null ? [] : [{ field: one.field, id: params[parents[at]!.parameter]!.toLowerCase() }]))
    if (await findRecord(database, account, parent, value, above) === null) throw new Fault('request.not_found')
    if (field !== null) found.push({ field, id: value })
  }
  return found
}
