import { randomUUID } from 'node:crypto'
import type { Ask, SentFile } from '#kit'

const JSON_BODY = { 'content-type': 'application/json' }
const FORM_BODY = { 'content-type': 'application/x-www-form-urlencoded' }

interface Payload { readonly body: string | Buffer | null; readonly type: Readonly<Record<string, string>> }

/** Names and types must not end their line: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
const quoted = (text: string): string => `"${text.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')}"`

function fileOf({ name, type, bytes, part }: SentFile): Payload {
  const kind = /^[\x21-\x7e]+\/[\x20-\x7e]+$/.test(type) ? type : 'application/octet-stream'
  if (part === undefined) return { body: Buffer.from(bytes), type: { 'content-type': kind } }
  const boundary = randomUUID()
  const head = `--${boundary}\r\ncontent-disposition: form-data; name=${quoted(part)}; filename=${quoted(name)}\r\ncontent-type: ${kind}\r\n\r\n`
  return { body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]), type: { 'content-type': `multipart/form-data; boundary=${boundary}` } }
}

/** What is sent, and the headers that say what it is. */
export function payloadOf({ form, file, body }: { readonly form: Ask['form'] | undefined; readonly file?: Ask['file'] | undefined; readonly body: unknown }): Payload {
  if (file !== undefined) return fileOf(file)
  if (form !== undefined) return { body: new URLSearchParams(Object.entries(form).map(([name, value]): [string, string] => [name, String(value)])).toString(), type: FORM_BODY }
  return body === undefined ? { body: null, type: {} } : { body: JSON.stringify(body), type: JSON_BODY }
}
