/** Servers in processes of their own, and bursts of requests against them. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Pool } from 'undici'
import type { ServerMessage, ServerOrder } from './server.ts'

export interface Server { readonly origin: string; readonly cpu: () => Promise<number>; readonly stop: () => Promise<void> }

export async function startServer(order: ServerOrder): Promise<Server> {
  // Its log is written, to nowhere: formatting a line and the call that writes it are part of the cost.
  const child = fork(new URL('server.ts', import.meta.url), [JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const gone = once(child, 'exit').then((): never => { throw new Error('the server under load ended') })
  gone.catch(() => undefined)
  const heard = async (): Promise<ServerMessage> => (await Promise.race([once(child, 'message') as Promise<[ServerMessage]>, gone]))[0]
  const { origin } = await heard() as { origin: string }
  return {
    origin,
    async cpu() {
      child.send('cpu')
      return (await heard() as { cpu: number }).cpu
    },
    async stop() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

export interface Request { readonly path: string; readonly headers: Readonly<Record<string, string>> }
export interface Burst { readonly requests: number; readonly seconds: number; readonly bytes: number; readonly latencies: readonly number[] }

/** Asks for `seconds`, `connections` at a time, whatever `next` says. Every answer must have the status. */
export async function burst(origin: string, next: () => Request, { seconds, connections, status }: { seconds: number; connections: number; status: number }): Promise<Burst> {
  const pool = new Pool(origin, { connections, pipelining: 1 })
  const latencies: number[] = []
  let bytes = 0
  const begun = performance.now()
  const end = begun + seconds * 1000
  await Promise.all(Array.from({ length: connections }, async () => {
    while (performance.now() < end) {
      const { path, headers } = next()
      const sent = performance.now()
      const answer = await pool.request({ path, method: 'GET', headers })
      for await (const chunk of answer.body) bytes += (chunk as Buffer).length
      if (answer.statusCode !== status) throw new Error(`${path} answered ${answer.statusCode}, not ${status}`)
      latencies.push(performance.now() - sent)
    }
  }))
  await pool.close()
  return { requests: latencies.length, seconds: (performance.now() - begun) / 1000, bytes, latencies }
}

export async function fetchText(origin: string, { path, headers }: Request): Promise<{ text: string; etag: string | null }> {
  const response = await fetch(`${origin}${path}`, { headers })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 500)}`)
  return { text, etag: response.headers.get('etag') }
}
