/** A TCP proxy on the loopback that does to connections what networks do: delays, resets, ends in the middle, and cuts at a chosen moment of the talk. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, NetConnectOpts, Socket } from 'node:net'

/** What happens to what passes; each by itself or together. */
export interface Weather {
  /** Each piece waits so long, in each direction, and up to `jitterMs` longer; order is kept. */
  readonly latencyMs?: number
  readonly jitterMs?: number
  /** A new connection is reset after so many bytes of the answer. */
  readonly limitBytes?: number
  /** Nobody listens: connections are reset at once. */
  readonly down?: boolean
}

export interface FaultProxy {
  readonly port: number
  readonly weather: (now: Weather) => void
  /** No weather, and no cut that still waits for its moment. */
  readonly calm: () => void
  /** Resets all connections, or each with this probability. */
  readonly reset: (share?: number) => number
  /** The next `times` pieces that a client sends and in which these bytes are cut their connection: before they are passed on, or after, with the answer lost. `hang`: nothing more passes, and nobody hears of it. */
  readonly cutAt: (bytes: Buffer, when: 'before' | 'after' | 'hang', times?: number) => void
  /** How often each of these has happened. */
  readonly counts: Readonly<Record<'connections' | 'resets' | 'limited' | 'cutBefore' | 'cutAfter' | 'hung', number>>
  readonly close: () => Promise<void>
}

/** `COMMIT` as node-postgres says it: a simple query of its own. */
export const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1')

/** Where a database URL leads: a socket in the file system, or a host and port. */
export function addressOf(url: string): NetConnectOpts {
  const { hostname, port } = new URL(url)
  const host = decodeURIComponent(hostname)
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port || 5432}` } : { host, port: Number(port || 5432) }
}

interface Pair { readonly client: Socket; readonly server: Socket; readonly limit: number; passed: number; mute: boolean }

export async function startFaultProxy(target: () => NetConnectOpts, { random = Math.random }: { readonly random?: () => number } = {}): Promise<FaultProxy> {
  const pairs = new Set<Pair>()
  const counts = { connections: 0, resets: 0, limited: 0, cutBefore: 0, cutAfter: 0, hung: 0 }
  let weather: Weather = {}
  let cut: { bytes: Buffer; when: 'before' | 'after' | 'hang'; times: number } | null = null

  const sever = (pair: Pair): void => {
    if (!pairs.delete(pair)) return
    pair.client.resetAndDestroy()
    pair.server.destroy()
  }

  /** Passes pieces on in their order, each after its delay. One timer for all: two that are due at once, or late, would not keep it. */
  function pipe(pair: Pair, from: Socket, to: Socket, before: (piece: Buffer) => boolean, after: (piece: Buffer) => void): void {
    const waiting: { readonly at: number; readonly pass: () => void }[] = []
    let timer: NodeJS.Timeout | null = null
    const work = (): void => {
      while (waiting.length > 0 && waiting[0]!.at <= performance.now()) waiting.shift()!.pass()
      timer = waiting.length === 0 ? null : setTimeout(work, Math.max(1, waiting[0]!.at - performance.now()))
    }
    const later = (pass: () => void, delay = 0): void => {
      waiting.push({ at: Math.max(waiting.at(-1)?.at ?? 0, performance.now() + delay), pass })
      if (timer === null) work()
    }
    from.on('data', (piece: Buffer) => {
      if (pair.mute || !before(piece)) return
      const { latencyMs = 0, jitterMs = 0 } = weather
      later(() => {
        if (!to.writable) return
        if (!to.write(piece)) { from.pause(); to.once('drain', () => from.resume()) }
        after(piece)
      }, latencyMs + random() * jitterMs)
    })
    // What is still delayed goes out before the end does.
    from.on('end', () => { later(() => { to.end() }) })
    from.on('error', () => sever(pair))
    from.on('close', () => { later(() => { setTimeout(() => sever(pair), 20) }) })
  }

  const server = createServer((client) => {
    counts.connections++
    if (weather.down === true) { client.resetAndDestroy(); return }
    const upstream = connect(target())
    client.setNoDelay(true)
    upstream.setNoDelay(true)
    const pair: Pair = { client, server: upstream, limit: weather.limitBytes ?? Infinity, passed: 0, mute: false }
    pairs.add(pair)
    pipe(pair, client, upstream, (piece) => {
      if (cut === null || cut.when !== 'before' || !piece.includes(cut.bytes)) return true
      counts.cutBefore++
      spend()
      sever(pair)
      return false
    }, (piece) => {
      if (cut === null || cut.when === 'before' || !piece.includes(cut.bytes)) return
      const hangs = cut.when === 'hang'
      counts[hangs ? 'hung' : 'cutAfter']++
      spend()
      // The other side has it and does it; nobody hears of it.
      pair.mute = true
      if (!hangs) setTimeout(() => sever(pair), 20)
    })
    pipe(pair, upstream, client, (piece) => {
      pair.passed += piece.length
      if (pair.passed <= pair.limit) return true
      counts.limited++
      sever(pair)
      return false
    }, () => undefined)
  })
  const spend = (): void => { if (cut !== null && --cut.times <= 0) cut = null }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    weather(now) { weather = now },
    calm() { weather = {}; cut = null },
    reset(share = 1) {
      const chosen = [...pairs].filter(() => random() < share)
      for (const pair of chosen) sever(pair)
      counts.resets += chosen.length
      return chosen.length
    },
    cutAt(bytes, when, times = 1) { cut = { bytes, when, times } },
    async close() {
      for (const pair of pairs) sever(pair)
      server.close()
      await once(server, 'close')
    },
  }
}
