import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../db/client.ts'
import type { Vault } from '../db/seal.ts'
import type { LogEntry, LogRow, LogWriter } from './entry.ts'
import { insertBatch } from './insert.ts'
import type { NewBody, PackedEntry } from './insert.ts'
import { bodyNames, compress, seal } from './pack.ts'

export interface LogWriterOptions {
  readonly database: Database
  readonly vault: Vault
  /** Names bodies without giving them away: see `bodyNames`. */
  readonly bodyKey: Buffer
  /** Told of logs that could not be kept. The work that they tell of goes on. */
  readonly onError: (error: Error, lost: number) => void
  readonly batchMs?: number
  /** What waits in memory at most while Postgres does not take it. */
  readonly bufferBytes?: number
  /** The pauses between tries of a batch; after the last it is given up. */
  readonly retryMs?: readonly number[]
}

const BATCH = 100
const BATCH_BYTES = 8 * 1048576
/** Longer texts are rare. */
const SCRATCH_CHARACTERS = 65_536
const REMEMBERED = 50_000
const RETRIES = [50, 200, 1_000, 3_000, 8_000, 15_000]

/** A body by its name and, where Postgres does not have it, compressed. */
interface Body extends Pick<NewBody, 'id' | 'day' | 'bytes'> { readonly compressed: Buffer | null }
/** An entry that waits to be written: without the texts of its bodies, which are most of it. */
interface Waiting { readonly entry: LogRow; readonly headers: Buffer; readonly requestBody: Body | null; readonly responseBody: Body | null; readonly size: number }

const ROW_BYTES = 1_000
const keyOf = (body: Pick<NewBody, 'linkedAccountId' | 'day' | 'id'>): string => `${body.linkedAccountId} ${body.day} ${body.id}`
/** SQLSTATE classes of values that Postgres will never take, however often they are sent. */
const isPoison = (error: unknown): boolean => /^(22|23|54|08P01)/.test((error as { code?: string }).code ?? '')

/** Writes logs in batches, behind the back of the work that they tell of. */
export function openLogWriter({ database, vault, bodyKey, onError, batchMs = 250, bufferBytes = 64 * 1048576, retryMs = RETRIES }: LogWriterOptions): LogWriter {
  let waiting: Waiting[] = []
  let waitingBytes = 0
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> | null = null
  let unreported = 0
  let closed = false
  /** Bodies that are in Postgres today, so that an unchanged page costs a hash and no more. */
  const stored = new Set<string>()
  const nameOf = bodyNames(bodyKey)

  /** Bytes of most bodies, one after another: memory of its own for each would cost more than all that is done with it. */
  const scratch = Buffer.allocUnsafe(3 * SCRATCH_CHARACTERS)
  const bytesOf = (text: string): Buffer => (text.length > SCRATCH_CHARACTERS ? Buffer.from(text) : scratch.subarray(0, scratch.write(text)))

  function bodyOf({ linkedAccountId, startedAt }: LogRow, text: string | null): Body | null {
    if (text === null) return null
    const bytes = bytesOf(text)
    const id = nameOf(linkedAccountId, bytes)
    const day = `${startedAt.toISOString().slice(0, 10)}T00:00:00Z`
    return { id, day, bytes: bytes.length, compressed: stored.has(keyOf({ linkedAccountId, day, id })) ? null : compress(bytes) }
  }

  /** At once, one by one: a hundred together would keep the thread, and their texts memory, until all are done. */
  function packed({ requestBody, responseBody, requestHeaders, responseHeaders, ...entry }: LogEntry): Waiting {
    const bodies = { requestBody: bodyOf(entry, requestBody), responseBody: bodyOf(entry, responseBody) }
    const headers = Buffer.from(JSON.stringify({ request: requestHeaders, response: responseHeaders }))
    return { entry, headers, ...bodies, size: ROW_BYTES + headers.length + (bodies.requestBody?.compressed?.length ?? 0) + (bodies.responseBody?.compressed?.length ?? 0) }
  }

  async function sealAll(batch: readonly Waiting[]): Promise<{ sealed: PackedEntry[]; bodies: NewBody[] }> {
    const bodies = new Map<string, NewBody>()
    const sealed: PackedEntry[] = []
    for (const { entry, headers, requestBody, responseBody } of batch) {
      const { linkedAccountId, organizationId } = entry
      for (const body of [requestBody, responseBody]) {
        if (body === null || body.compressed === null) continue
        const { id, day, bytes } = body
        const key = keyOf({ linkedAccountId, day, id })
        if (!stored.has(key) && !bodies.has(key)) bodies.set(key, { id, linkedAccountId, organizationId, day, bytes, sealed: await seal(vault, entry, body.compressed) })
      }
      sealed.push({ entry, requestBody: requestBody?.id ?? null, responseBody: responseBody?.id ?? null, headers: await seal(vault, entry, compress(headers)) })
    }
    return { sealed, bodies: [...bodies.values()] }
  }

  async function store(batch: readonly Waiting[]): Promise<void> {
    const { sealed, bodies } = await sealAll(batch)
    await insertBatch(database, sealed, bodies)
    if (stored.size + bodies.length > REMEMBERED) stored.clear()
    for (const body of bodies) stored.add(keyOf(body))
  }

  /** Stores a batch in the end, or tells what was lost. Never throws. */
  async function storeOrReport(entries: readonly Waiting[]): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await store(entries)
        return
      } catch (error) {
        if (isPoison(error) && entries.length > 1) {
          // One row that cannot be stored must not take its neighbours with it.
          const half = Math.ceil(entries.length / 2)
          await storeOrReport(entries.slice(0, half))
          await storeOrReport(entries.slice(half))
          return
        }
        const pause = isPoison(error) ? undefined : retryMs[tries]
        if (pause === undefined) {
          onError(error instanceof Error ? error : new Error(String(error)), entries.length)
          return
        }
        await delay(pause)
      }
    }
  }

  function nextBatch(): Waiting[] {
    let bytes = 0
    const end = waiting.findIndex((entry, at) => at >= BATCH || (bytes += entry.size) > BATCH_BYTES)
    // At least one, also where it alone is larger than a batch should be.
    const batch = waiting.slice(0, end === -1 ? waiting.length : Math.max(1, end))
    return batch
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = nextBatch()
      await storeOrReport(batch)
      // Only now do they stop counting: what is being written is still held in memory.
      waiting = waiting.slice(batch.length)
      waitingBytes -= batch.reduce((sum, entry) => sum + entry.size, 0)
      if (unreported > 0) {
        onError(new Error('The buffer of logs was full: Postgres took them more slowly than they came.'), unreported)
        unreported = 0
      }
    }
  }

  function start(): Promise<void> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    writing ??= drain().finally(() => { writing = null })
    return writing
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0 || writing !== null) await start()
  }

  return {
    write(given) {
      const entry = packed(given)
      if (closed || waitingBytes + entry.size > bufferBytes) {
        if (closed) onError(new Error('A log came after its writer was closed.'), 1)
        else unreported++
        return
      }
      waiting.push(entry)
      waitingBytes += entry.size
      if (waiting.length >= BATCH) void start()
      else if (writing === null) timer ??= setTimeout(() => void start(), batchMs)
    },
    flush,
    async close() {
      await flush()
      closed = true
    },
  }
}
