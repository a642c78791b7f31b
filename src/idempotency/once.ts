import { createHash } from 'node:crypto'
import { Type } from '@sinclair/typebox'
import type { Database } from '../db/client.ts'
import { deleteOld, type Bounds } from '../db/prune.ts'
import type { SealScope, Vault } from '../db/seal.ts'
import { Fault } from '../errors.ts'

const KEPT_HOURS = 48
/** No request lives that long: what has not ended by then died with its process, and nobody knows what became of it. */
const LONGEST_SECONDS = 120

/** What a caller calls a request, within one linked account and one route. */
export interface OnceKey { readonly organizationId: string; readonly linkedAccountId: string; readonly route: string; readonly key: string }
export interface OnceRequest {
  /** What was asked; under the same key it must be the same. */
  readonly content: unknown
  /** Asked when the answer is there. False: it may hold what must not be stored, so a repetition is refused instead of answered. */
  readonly keep: () => Promise<boolean>
}
export interface Done<T> { readonly answer: T; readonly replayed: boolean }
export type Once = <T>(key: OnceKey, request: OnceRequest, work: () => Promise<T>) => Promise<Done<T>>

/** For the `headers` of a route's schema. */
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$', description: `A name of your own for this request, at most 255 letters without spaces. For ${KEPT_HOURS} hours a repetition is not carried out again: it gets the first answer.` })),
})

interface Stored extends Record<string, unknown> { readonly request_hash: Buffer; readonly answer: Buffer | null; readonly running: boolean }

/** Carries a request out once for each key. The claim is committed before the work begins, so of two at the same time one is refused. */
export function openOnce({ database, vault }: { readonly database: Database; readonly vault: Vault }): Once {
  return async <T>({ organizationId, linkedAccountId, route, key }: OnceKey, { content, keep }: OnceRequest, work: () => Promise<T>): Promise<Done<T>> => {
    const hash = createHash('sha256').update(JSON.stringify(content)).digest()
    const id = [linkedAccountId, route, key]
    const scope: SealScope = { organizationId, linkedAccountId, purpose: 'idempotent-answer' }
    const ask = <R extends Record<string, unknown>>(text: string, ...values: unknown[]): Promise<R[]> => database.tenantQuery<R>(organizationId, { text, values: [...id, ...values] })
    const [claim] = await ask('insert into idempotent_requests (linked_account_id, route, key, organization_id, request_hash) values ($1, $2, $3, $4, $5) on conflict do nothing returning true as mine', organizationId, hash)
    if (claim === undefined) {
      const [stored] = await ask<Stored>(`select request_hash, answer, finished_at is null and created_at > now() - interval '${LONGEST_SECONDS} seconds' as running from idempotent_requests where linked_account_id = $1 and route = $2 and key = $3`)
      return { answer: JSON.parse((await vault.open(scope, answerOf(stored, hash))).toString()) as T, replayed: true }
    }
    let answer: T
    try {
      answer = await work()
    } catch (error) {
      await ask(neverLeft(error) ? 'delete from idempotent_requests where linked_account_id = $1 and route = $2 and key = $3' : 'update idempotent_requests set finished_at = now() where linked_account_id = $1 and route = $2 and key = $3')
      throw error
    }
    await ask('update idempotent_requests set finished_at = now(), answer = $4 where linked_account_id = $1 and route = $2 and key = $3', await keep() ? await vault.seal(scope, Buffer.from(JSON.stringify(answer))) : null)
    return { answer, replayed: false }
  }
}

/** The first answer, or why there is none to give. */
function answerOf(stored: Stored | undefined, hash: Buffer): Buffer {
  // Withdrawn in this very moment: the first request never left.
  if (stored === undefined) throw new Fault('request.in_flight')
  if (!stored.request_hash.equals(hash)) throw new Fault('request.idempotency_key_reused')
  if (stored.running) throw new Fault('request.in_flight')
  if (stored.answer === null) throw new Fault('request.conflict', { detail: 'A request with this key was carried out, or may have been; its answer is not kept. The log says what is known of it.' })
  return stored.answer
}

/** Faults before anything was sent: the same key may be tried again. Of the vendor's none is sure: even an address may be refused behind a redirect. */
const neverLeft = (error: unknown): boolean => error instanceof Fault && /^(?:request|account)\./.test(error.code)

/** Keys are forgotten after two days; a repetition that late is a request of its own. */
export const forgetKeys = (database: Database, bounds?: Bounds): Promise<number> => deleteOld(database, 'idempotent_requests', `created_at < now() - interval '${KEPT_HOURS} hours'`, [], bounds)
