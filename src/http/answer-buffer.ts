/** Memory for large answers, used again and again: new memory costs more than what is written into it. */
import type { FastifyReply } from 'fastify'

const AT_FIRST = 256 * 1024
const LARGEST_KEPT = 2 * 1024 * 1024
const MOST_KEPT = 16
/** No character takes more bytes in UTF-8 than this, per unit of its JavaScript string. */
const WIDEST = 3

export interface AnswerBuffer {
  readonly write: (text: string) => void
  /** Sends what was written. Nothing may be written afterwards. */
  readonly send: (reply: FastifyReply) => FastifyReply
}

/** A store of such memory, for one server. */
export function openAnswerBuffers(): () => AnswerBuffer {
  const kept: Buffer[] = []
  return () => {
    let bytes = kept.pop() ?? Buffer.allocUnsafeSlow(AT_FIRST)
    let end = 0
    return {
      write(text) {
        const needed = end + text.length * WIDEST
        if (needed > bytes.length) {
          const larger = Buffer.allocUnsafeSlow(Math.max(needed, bytes.length * 2))
          bytes.copy(larger, 0, 0, end)
          bytes = larger
        }
        end += bytes.write(text, end)
      },
      send(reply) {
        // `finish` comes when the system has taken every byte. Where the caller has left before, the memory may still be in use: it goes to the garbage collector.
        reply.raw.once('finish', () => { if (bytes.length <= LARGEST_KEPT && kept.length < MOST_KEPT) kept.push(bytes) })
        return reply.send(bytes.subarray(0, end))
      },
    }
  }
}
