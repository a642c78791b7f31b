import { describe, expect, test } from 'vitest'
import type { AnyProvider } from '#kit'
import { judge } from '#src/upstream/judge'
import { parseJson } from '#src/upstream/json'
import { provider } from '../support/door.ts'

const verdict = (status: number, body: string | Buffer, headers: Record<string, string> = { 'content-type': 'application/json' }, of: AnyProvider = provider()) => judge(of, status, new Headers(headers), Buffer.from(body as string))
const codeOf = (...parameters: Parameters<typeof verdict>) => verdict(...parameters).code

describe('judgement', () => {
  test.each([
    [200, null], [201, null], [304, 'upstream.unexpected'], [301, 'upstream.unexpected'], [400, 'upstream.rejected'], [401, 'upstream.unauthorized'], [403, 'upstream.forbidden'], [404, 'upstream.not_found'], [408, 'upstream.timed_out'],
    [410, 'upstream.not_found'], [422, 'upstream.rejected'], [425, 'upstream.unavailable'], [429, 'upstream.rate_limited'], [500, 'upstream.unavailable'], [502, 'upstream.unavailable'], [503, 'upstream.unavailable'], [504, 'upstream.unavailable'], [999, 'upstream.unavailable'],
  ])('a status of %i means %s', (status, code) => {
    expect(codeOf(status, '{}')).toBe(code)
    if (status >= 300) expect(codeOf(status, '<html>not JSON</html>', { 'content-type': 'text/html' })).toBe(code)
  })

  test('F18 a 404 or 410 is told as "nothing at this address", with or without a body', () => {
    expect([codeOf(404, ''), codeOf(410, ''), codeOf(404, '{"error":"x"}')]).toEqual(['upstream.not_found', 'upstream.not_found', 'upstream.not_found'])
  })

  test('F04 503 with Retry-After asks for silence, without it the vendor fails', () => {
    expect(codeOf(503, '', { 'retry-after': '3' })).toBe('upstream.rate_limited')
    expect(codeOf(503, '')).toBe('upstream.unavailable')
  })

  test('the provider\'s rules come first, also for a 200', () => {
    const odd = provider({ errors: [
      { status: 200, when: ({ body }) => (body as { ok?: boolean }).ok === false, code: 'upstream.unauthorized' },
      { status: 403, when: ({ headers }) => headers.get('x-remaining') === '0', code: 'upstream.rate_limited' },
      { status: 422, code: 'upstream.cursor_gone' },
    ] })
    expect(codeOf(200, '{"ok":false}', undefined, odd)).toBe('upstream.unauthorized')
    expect(codeOf(200, '{"ok":true}', undefined, odd)).toBeNull()
    expect(codeOf(403, '{}', { 'content-type': 'application/json', 'x-remaining': '0' }, odd)).toBe('upstream.rate_limited')
    expect(codeOf(403, '{}', undefined, odd)).toBe('upstream.forbidden')
    expect(codeOf(422, '', undefined, odd)).toBe('upstream.cursor_gone')
  })

  test('a rule that trips over an answer makes it unexpected, not our failure', () => {
    const trips = provider({ errors: [{ status: 200, when: ({ body }) => (body as { a: { b: boolean } }).a.b, code: 'upstream.rejected' }] })
    expect(codeOf(200, '{}', undefined, trips)).toBe('upstream.unexpected')
  })

  test.each(['{"a":[1,2', '', '{"a":1}}', '\u0000', '[1,2,3', '{"a":1}trailing', 'null null'].filter((text) => text !== ''))('F11 %j with a 200 is not JSON', (text) => {
    expect(codeOf(200, text)).toBe('upstream.not_json')
  })

  test('F12 a web page with a 200 is not JSON, whatever it calls itself', () => {
    const page = '<!doctype html><title>Sign in</title>'
    expect(verdict(200, page, { 'content-type': 'text/html; charset=utf-8' })).toMatchObject({ code: 'upstream.not_json', body: null, detail: 'The vendor answered with a web page instead of JSON.' })
    expect(codeOf(200, page)).toBe('upstream.not_json')
    expect(codeOf(200, '{"a":1}', { 'content-type': 'text/html' })).toBe('upstream.not_json')
  })

  test('F13 JSON under another name is taken only where the provider says that its vendor does so', () => {
    expect(codeOf(200, '{"a":1}', { 'content-type': 'text/plain' })).toBe('upstream.not_json')
    expect(codeOf(200, '{"a":1}', {})).toBe('upstream.not_json')
    const plain = provider({ jsonTypes: ['text/plain', ''] })
    expect(verdict(200, '{"a":1}', { 'content-type': 'text/plain; charset=utf-8' }, plain)).toMatchObject({ code: null, body: { a: 1 } })
    expect(verdict(200, '{"a":1}', {}, plain)).toMatchObject({ code: null, body: { a: 1 } })
    for (const type of ['application/json', 'application/vnd.api+json', 'text/json', 'application/hal+json; charset=utf-8']) expect(codeOf(200, '{}', { 'content-type': type })).toBeNull()
  })

  test('F15 a 204, an empty 200 and white space give null, for the reader to refuse; a 304 is refused here', () => {
    for (const [status, body] of [[204, ''], [200, ''], [200, ' \r\n']] as const) expect(verdict(status, body)).toEqual({ code: null, body: null })
    expect(verdict(200, '', {})).toEqual({ code: null, body: null })
    expect(codeOf(304, '')).toBe('upstream.unexpected')
  })

  test('the vendor\'s secrets are gone before anyone sees the body, in errors too', () => {
    const careful = provider({ secretKeys: ['api_key'] })
    expect(verdict(200, '{"user":{"api_key":"abc","id":1}}', undefined, careful).body).toEqual({ user: { id: 1 } })
    expect(verdict(422, '{"user":{"api_key":"abc","id":1}}', undefined, careful).body).toEqual({ user: { id: 1 } })
  })
})

describe('JSON', () => {
  const TEXT = '{"name":"Zoë €"}'
  const utf16be = Buffer.from(TEXT, 'utf16le').swap16()
  test.each([
    ['UTF-8', Buffer.from(TEXT), 'application/json'], ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${TEXT}`), 'application/json; charset=utf-8'],
    ['UTF-16LE with a byte order mark', Buffer.from(`\uFEFF${TEXT}`, 'utf16le'), 'application/json'], ['UTF-16LE by its header', Buffer.from(TEXT, 'utf16le'), 'application/json; charset=utf-16le'], ['UTF-16LE by its zeros', Buffer.from(TEXT, 'utf16le'), 'application/json'],
    ['UTF-16BE with a byte order mark', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be]), 'application/json'], ['UTF-16BE by its zeros', utf16be, 'application/json'],
    ['Windows-1252', Buffer.concat([Buffer.from('{"name":"Zo'), Buffer.from([0xeb, 0x20, 0x80]), Buffer.from('"}')]), 'application/json; charset="windows-1252"'],
    ['a charset that does not exist', Buffer.from(TEXT), 'application/json; charset=klingon'],
  ])('F14 %s is read', (_what, bytes, type) => {
    expect(verdict(200, bytes, { 'content-type': type })).toEqual({ code: null, body: { name: 'Zoë €' } })
  })

  test('F14 bytes that are no UTF-8 become U+FFFD and nothing else is lost', () => {
    expect(verdict(200, Buffer.concat([Buffer.from('{"a":"x'), Buffer.from([0xff]), Buffer.from('y","b":1}')])).body).toEqual({ a: 'x\uFFFDy', b: 1 })
  })

  test('whole numbers beyond 2^53 keep their digits', () => {
    expect(parseJson('{"id":9007199254740993,"ids":[12345678901234567890,-9007199254740995],"small":9007199254740991,"price":1234567890123456.25,"text":"12345678901234567890"}')).toEqual({ id: '9007199254740993', ids: ['12345678901234567890', '-9007199254740995'], small: 9007199254740991, price: 1234567890123456.25, text: '12345678901234567890' })
  })

  test('no prototype is set by an answer', () => {
    const parsed = parseJson('{"__proto__":{"admin":true},"a":{"constructor":{"prototype":{"x":1}}},"b":1}') as Record<string, unknown>
    expect(Object.assign({}, parsed)).not.toHaveProperty('admin')
    expect(parsed).toEqual({ a: {}, b: 1 })
    expect(parseJson(String.raw`{"\u005f_proto__":{"admin":true},"id":9007199254740993}`)).toEqual({ id: '9007199254740993' })
  })

  test('nesting beyond the stack is refused, not fatal', () => {
    expect(() => parseJson(`${'['.repeat(200_000)}9007199254740993${']'.repeat(200_000)}`)).toThrow(SyntaxError)
  })
})
