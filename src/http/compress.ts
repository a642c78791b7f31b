import { constants, gzip, gzipSync, zstdCompress, zstdCompressSync } from 'node:zlib'
import { promisify } from 'node:util'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Below this a packet is a packet. */
const WORTHWHILE = 2048
/** Above this the event loop would notice; the thread pool costs more but does not block. */
const SYNCHRONOUS = 256 * 1024
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
const GZIP = { level: 1 }
const zstdLater = promisify(zstdCompress)
const gzipLater = promisify(gzip)

/** The best encoding that the client takes: zstd at its fastest, else gzip. `q=0` is a refusal. */
export function chooseEncoding(header: string | undefined): 'zstd' | 'gzip' | null {
  if (header === undefined) return null
  const taken = new Set(header.toLowerCase().split(',').map((part) => part.trim()).filter((part) => !/;\s*q=0(\.0*)?$/.test(part)).map((part) => part.split(';')[0]!.trim()))
  return taken.has('zstd') ? 'zstd' : taken.has('gzip') ? 'gzip' : null
}

/** The answer, compressed where that helps; a promise where it is large. For `onSend`. */
export function compress(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if ((typeof payload !== 'string' && !Buffer.isBuffer(payload)) || payload.length < WORTHWHILE || reply.hasHeader('content-encoding')) return payload
  if (!/json|text|javascript|xml/.test(String(reply.getHeader('content-type') ?? ''))) return payload
  reply.header('vary', 'accept-encoding')
  const encoding = chooseEncoding(request.headers['accept-encoding'])
  if (encoding === null) return payload
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  const small = bytes.length <= SYNCHRONOUS
  reply.header('content-encoding', encoding).removeHeader('content-length')
  if (encoding === 'zstd') return small ? zstdCompressSync(bytes, ZSTD) : zstdLater(bytes, ZSTD)
  return small ? gzipSync(bytes, GZIP) : gzipLater(bytes, GZIP)
}
