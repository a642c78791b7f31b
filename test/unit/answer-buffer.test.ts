import { once } from 'node:events'
import { createConnection, type AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAnswerBuffers } from '#src/http/answer-buffer'

const PIECE = 64 * 1024
/** A page of its own for each n: other letters, other umlauts, another length. */
const pieces = (n: number): string[] => Array.from({ length: 3 + (n % 30) }, (_, at) => `${'äöü€😀'.slice(0, n % 4)}${String.fromCharCode(97 + (n + at) % 26).repeat(PIECE)}`)

let app: FastifyInstance
let port: number
beforeAll(async () => {
  const answerBuffer = openAnswerBuffers()
  app = fastify()
  app.get<{ Params: { n: string } }>('/:n', (request, reply) => {
    const answer = answerBuffer()
    for (const piece of pieces(Number(request.params.n))) answer.write(piece)
    return answer.send(reply.type('text/plain; charset=utf-8'))
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as AddressInfo).port
})
afterAll(async () => { await app.close() })

/** The next answer on a connection, head and body. */
const answerIn = (bytes: Buffer): { body: string; rest: Buffer } => {
  const begin = bytes.indexOf('\r\n\r\n') + 4
  const end = begin + Number(/content-length: (\d+)/i.exec(bytes.toString('latin1', 0, begin))![1])
  return { body: bytes.toString('utf8', begin, end), rest: bytes.subarray(end) }
}

test('what waits for a reader stays as it was, while others come and some hang up', async () => {
  // More than the system keeps for a connection: the rest waits in the server.
  const numbers = Array.from({ length: 40 }, (_, n) => n)
  const waiting = createConnection({ host: '127.0.0.1', port })
  waiting.pause()
  waiting.write(numbers.map((n) => `GET /${n} HTTP/1.1\r\nhost: here\r\n${n === 39 ? 'connection: close\r\n' : ''}\r\n`).join(''))
  for (const n of numbers) {
    const leaving = createConnection({ host: '127.0.0.1', port })
    leaving.write('GET /29 HTTP/1.1\r\nhost: here\r\n\r\n')
    leaving.once('data', () => leaving.destroy())
    expect(await (await fetch(`http://127.0.0.1:${port}/${n}`)).text() === pieces(n).join(''), `answer ${n}`).toBe(true)
  }
  const chunks: Buffer[] = []
  waiting.on('data', (chunk: Buffer) => { chunks.push(chunk) })
  waiting.resume()
  await once(waiting, 'end')
  let rest: Buffer = Buffer.concat(chunks)
  for (const n of numbers) {
    const answer = answerIn(rest)
    expect(answer.body === pieces(n).join(''), `waiting answer ${n}`).toBe(true)
    rest = answer.rest
  }
  expect(rest.length).toBe(0)
})
