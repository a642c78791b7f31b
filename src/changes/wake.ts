/** Tells those who wait for changes that there are some. It only wakes: what has changed is read from the feed, and a wake that is lost costs a little time and nothing else. */
import { createHash } from 'node:crypto'
import { Client } from 'pg'
import { poolConfig, SYSTEM_ROLE, type Database } from '../db/client.ts'
import { Fault } from '../errors.ts'

const CHANNEL = 'intermodal_changes'
/** A notification holds 8,000 bytes. */
const WORDS_PER_NOTIFICATION = 400
/** Everybody who can log in to the database may listen, so ids are told by a mark that says nothing to who does not know them. */
const wordOf = (id: string): string => createHash('sha256').update(id).digest('base64url').slice(0, 16)

export interface FeedOwner { readonly organizationId: string; readonly linkedAccountId: string }

export interface Waker {
  /** After a commit. */
  readonly changed: (owner: FeedOwner) => void
  readonly close: () => Promise<void>
}

/** Collects for a moment and sends one notification: in the transactions themselves, notifications would make their commits queue up behind one another. */
export function openWaker({ system }: Pick<Database, 'system'>, collectMs = 100): Waker {
  let words = new Set<string>()
  let timer: NodeJS.Timeout | null = null
  let sending: Promise<void> = Promise.resolve()
  const send = async (): Promise<void> => {
    timer = null
    const all = [...words]
    words = new Set()
    // Who waits asks again by himself, so it need not be certain that he hears of it, nor that the disk does.
    for (let at = 0; at < all.length; at += WORDS_PER_NOTIFICATION) {
      await system.query(`select set_config('synchronous_commit', 'off', true), pg_notify('${CHANNEL}', $1)`, [all.slice(at, at + WORDS_PER_NOTIFICATION).join(',')]).catch(() => undefined)
    }
  }
  const flush = (): void => { sending = sending.then(send) }
  return {
    changed({ organizationId, linkedAccountId }) {
      words.add(wordOf(organizationId)).add(wordOf(linkedAccountId))
      timer ??= setTimeout(flush, collectMs)
    },
    async close() {
      if (timer !== null) { clearTimeout(timer); flush() }
      await sending
    },
  }
}

/** One who waits. */
export interface Waiter {
  /** Until there may be news since the last time, at most so long; or until he leaves. */
  readonly woken: (ms: number) => Promise<void>
  readonly leave: () => void
}

export interface Waiters {
  /** What changes from now on will wake. Join first, then read: nothing falls in between. */
  readonly join: (organizationId: string, feedOf: string) => Promise<Waiter>
  readonly closing: () => boolean
  /** Lets everybody go at once. */
  readonly close: () => Promise<void>
}

interface Place { news: boolean; wake: () => void }

/** Those who wait in this process, on one connection for all of them, opened when the first comes. */
export function openWaiters(database: Pick<Database, 'url'>, mostPerOrganization = 100): Waiters {
  const places = new Map<string, Set<Place>>()
  const waiting = new Map<string, number>()
  let listening: Promise<Client> | null = null
  let closing = false
  const tell = (place: Place): void => { place.news = true; place.wake() }
  const tellAll = (): void => { for (const set of places.values()) set.forEach(tell) }

  async function listen(): Promise<Client> {
    const client = new Client(poolConfig(database.url, SYSTEM_ROLE))
    const lost = (): void => {
      if (listening !== opened) return
      listening = null
      // What was said meanwhile was not heard: everybody looks for himself, and who goes on waiting opens it anew.
      tellAll()
    }
    client.on('error', lost)
    client.on('end', lost)
    client.on('notification', ({ payload = '' }) => { for (const word of payload.split(',')) places.get(word)?.forEach(tell) })
    try {
      await client.connect()
      await client.query(`listen ${CHANNEL}`)
    } catch (cause) {
      lost()
      await client.end().catch(() => undefined)
      throw new Fault('storage.unavailable', {}, cause)
    }
    return client
  }
  let opened: Promise<Client> | null = null
  const ensure = async (): Promise<void> => {
    if (listening === null) listening = opened = listen()
    await listening
  }

  return {
    closing: () => closing,
    async join(organizationId, feedOf) {
      const count = waiting.get(organizationId) ?? 0
      if (count >= mostPerOrganization) throw new Fault('request.too_many', { detail: `${mostPerOrganization} requests of this organisation are waiting for changes already. Ask without \`wait\`, or later.`, retryAt: new Date(Date.now() + 5_000) })
      const word = wordOf(feedOf)
      const place: Place = { news: false, wake: () => undefined }
      waiting.set(organizationId, count + 1)
      places.set(word, (places.get(word) ?? new Set()).add(place))
      const leave = (): void => {
        place.wake()
        const set = places.get(word)
        if (set?.delete(place) !== true) return
        if (set.size === 0) places.delete(word)
        const left = waiting.get(organizationId)! - 1
        if (left === 0) waiting.delete(organizationId)
        else waiting.set(organizationId, left)
      }
      try { await ensure() } catch (error) { leave(); throw error }
      return {
        leave,
        async woken(ms) {
          await ensure()
          if (!place.news && !closing) {
            await new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, ms)
              place.wake = () => { clearTimeout(timer); resolve() }
            })
          }
          place.news = false
        },
      }
    },
    async close() {
      closing = true
      tellAll()
      const client = await listening?.catch(() => null)
      listening = null
      await client?.end().catch(() => undefined)
    },
  }
}
