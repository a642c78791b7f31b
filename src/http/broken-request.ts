import { randomUUID } from 'node:crypto'
import type { FastifyServerOptions } from 'fastify'
import { Fault } from '../errors.ts'
import { problemAnswer } from './problem.ts'

const STATUS_LINES: Readonly<Record<string, string>> = { ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout', HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large' }
const DETAILS: Readonly<Record<string, string>> = { ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time.', HPE_HEADER_OVERFLOW: 'The headers are larger than 16 KiB.' }

/** Answers what is not HTTP, came too slowly or is too large before there is a request to answer. */
export const refuseBrokenRequest: NonNullable<FastifyServerOptions['clientErrorHandler']> = (error, socket) => {
  if (error.code === 'ECONNRESET' || !socket.writable) { socket.destroy(); return }
  const line = STATUS_LINES[error.code ?? ''] ?? '400 Bad Request'
  const requestId = `req_${randomUUID().replaceAll('-', '')}`
  const { body } = problemAnswer(new Fault('request.invalid', { detail: DETAILS[error.code ?? ''] ?? 'This is not a valid HTTP request.' }), { requestId, method: 'GET' })
  const text = JSON.stringify({ ...body, status: Number(line.slice(0, 3)) })
  socket.end(`HTTP/1.1 ${line}\r\ncontent-type: application/problem+json; charset=utf-8\r\nx-request-id: ${requestId}\r\ncache-control: private, no-store\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`)
}
