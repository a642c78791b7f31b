/** One server under load, in a process of its own so that its CPU can be told from that of the load: the product, or the least that Fastify can do. */
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { models } from '#models'
import { buildApp } from '../src/api/app.ts'
import { processLog } from '../src/cli/house.ts'
import { openDatabase } from '../src/db/client.ts'
import { cursorKey } from '../src/db/keyset.ts'

/** A server's first message is its address; then it answers every message with its CPU in microseconds. */
export type ServerMessage = { readonly origin: string } | { readonly cpu: number }
export type ServerOrder = { readonly kind: 'product'; readonly url: string } | { readonly kind: 'constant'; readonly bytes: number }

function product(url: string): Promise<FastifyInstance> {
  return buildApp({
    database: openDatabase({ url }), config: { trustProxy: [] }, cursorKeys: [cursorKey(Buffer.alloc(32, 1))], providers: [], models, logger: processLog('info'), ready: async () => true,
  })
}

/** The limit on Node's side: an answer of the same size that is there already. */
function constant(bytes: number): FastifyInstance {
  const body = Buffer.alloc(bytes, 'a')
  const app = fastify()
  app.get('/*', (_, reply) => reply.type('application/json; charset=utf-8').send(body))
  return app
}

const order = JSON.parse(process.argv[2]!) as ServerOrder
const app = order.kind === 'product' ? await product(order.url) : constant(order.bytes)
const say = (message: ServerMessage): void => { process.send!(message) }
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  say({ cpu: user + system })
})
process.on('disconnect', () => { void app.close().then(() => process.exit(0)) })
say({ origin: await app.listen({ host: '127.0.0.1', port: 0 }) })
