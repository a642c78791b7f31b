import { describe, expect, test } from 'vitest'
import { BODY_CAP, createRedactor, REDACTED } from '#src/upstream/redact'
import { dropKeys } from '#src/upstream/secret-keys'

const SECRET = 'p4$$/w<o>rd+"é"&key'
const redactor = createRedactor({ secrets: [SECRET], secretKeys: ['own_secret', 'api_key'], authHeaders: ['X-Acme-Key', 'accept-language'] })
const body = (text: string, type = 'application/json'): string => redactor.body(text, type)!

/** Every piece of the secret that is long enough to be of use to a finder. */
const leaks = (text: string): boolean => text.includes('p4$$') || text.includes('w<o>rd') || text.includes('rd+')

describe('by value', () => {
  const json = JSON.stringify(SECRET).slice(1, -1)
  test.each([
    ['as it is', SECRET], ['URL-encoded', encodeURIComponent(SECRET)], ['URL-encoded in lower case', encodeURIComponent(SECRET).replaceAll(/%../g, (code) => code.toLowerCase())],
    ['as a form value', new URLSearchParams({ v: SECRET }).toString()], ['encoded twice', encodeURIComponent(encodeURIComponent(SECRET))], ['in JSON', json], ['in JSON in JSON', JSON.stringify(json).slice(1, -1)],
    ['in JSON with escaped slashes', json.replaceAll('/', '\\/').replaceAll(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`)], ['in HTML', 'p4$$/w&lt;o&gt;rd+&quot;é&quot;&amp;key'],
    ['in base64', Buffer.from(SECRET).toString('base64')], ['in base64 of user:secret', Buffer.from(`u:${SECRET}`).toString('base64')], ['in base64 of user2:secret', Buffer.from(`u2:${SECRET}`).toString('base64')],
    ['in base64 of user22:secret:more', Buffer.from(`u22:${SECRET}:more`).toString('base64')], ['in base64url', Buffer.from(`xx${SECRET}`).toString('base64url')], ['in hex', Buffer.from(SECRET).toString('hex')],
  ])('T90 a live secret is found %s', (_what, form) => {
    for (const text of [body(`{"note":"before ${form} after"}`), redactor.text(`/a/${form}/b`), redactor.query(`q=${form}`), Object.values(redactor.headers(new Headers({ server: /^[\x20-\xff]*$/.test(form) ? form : 'x' }))).join('')]) {
      expect(text.toLowerCase()).not.toContain(form.toLowerCase())
      // The middle half of the form, so that a shifted or partly replaced one is noticed too.
      expect(text).not.toContain(form.slice(Math.floor(form.length / 4), Math.floor(form.length * 0.75)))
      expect(leaks(text)).toBe(false)
    }
  })

  test('a value shorter than six characters is no secret by itself', () => {
    expect(createRedactor({ secrets: ['admin'], secretKeys: [] }).text('/users/admin')).toBe('/users/admin')
  })
})

describe('by name', () => {
  test.each([
    ['a string', '{"api_key":"abc","a":1}', `{"api_key":"${REDACTED}","a":1}`],
    ['any case and spelling', '{"API-Key":"abc","apiKey":"abc","Access_Token":"abc","clientSecret":"abc","refresh_token" : "abc"}', `{"API-Key":"${REDACTED}","apiKey":"${REDACTED}","Access_Token":"${REDACTED}","clientSecret":"${REDACTED}","refresh_token" : "${REDACTED}"}`],
    ['a string with quotes in it', String.raw`{"password":"a\"b\\","a":1}`, `{"password":"${REDACTED}","a":1}`],
    ['a number and a flag', '{"token":12345,"secret":true,"a":1}', `{"token":"${REDACTED}","secret":"${REDACTED}","a":1}`],
    ['null, which is none', '{"token":null}', '{"token":null}'],
    ['the provider\'s own', '{"own_secret":"abc"}', `{"own_secret":"${REDACTED}"}`],
    ['deep inside', '[{"a":{"b":[{"password":"abc"}]}}]', `[{"a":{"b":[{"password":"${REDACTED}"}]}}]`],
    ['an object', '{"credentials":{"user":"abc","n":1},"a":1}', `{"credentials":"${REDACTED}","a":1}`],
    ['a list', '{"token":["abc","def"]}', `{"token":"${REDACTED}"}`],
    ['a name written with escapes', String.raw`{"api\u005fkey":"abc"}`, `{"api_key":"${REDACTED}"}`],
    ['JSON in JSON', String.raw`{"raw":"{\"api_key\":\"abc\",\"a\":1}"}`, String.raw`{"raw":"{\"api_key\":\"${REDACTED}\",\"a\":1}"}`],
    ['cut in the middle of the value', '{"a":1,"api_key":"abcde', `{"a":1,"api_key":"${REDACTED}"`],
    ['cut in the middle of an object', '{"a":1,"credentials":{"user":"abc', `{"a":1,"credentials":"${REDACTED}"`],
    ['an address in a value', '{"next":"https://v.example/x?page=2&access_token=abc"}', `{"next":"https://v.example/x?page=2&access_token=${REDACTED}"}`],
    ['a name that only ends so, which is none', '{"next_page_token":"p2","tokens_used":3}', '{"next_page_token":"p2","tokens_used":3}'],
  ])('T90 in JSON: %s', (_what, text, expected) => {
    expect(body(text)).toBe(expected)
  })

  test('T90 in forms, XML and echoed headers', () => {
    expect(body('user=me&password=abc&code=xyz', 'application/x-www-form-urlencoded')).toBe(`user=me&password=${REDACTED}&code=${REDACTED}`)
    expect(body('<user><login>me</login><api_key>abc</api_key></user>', 'text/xml')).toBe(`<user><login>me</login><api_key>${REDACTED}</api_key></user>`)
    expect(body('got Authorization: Bearer abc.def here', 'text/plain')).toBe(`got Authorization: ${REDACTED} here`)
  })

  test('T90 query parameters with secret names, however they are written', () => {
    expect(redactor.query('page=1&api_key=abc&API%5FKEY=abc&sig=abc&key=abc&q=key')).toBe(`page=1&api_key=${REDACTED}&API%5FKEY=${REDACTED}&sig=${REDACTED}&key=${REDACTED}&q=key`)
  })

  test('T90 headers that are not known to be harmless are kept by name only, and those that let us in always', () => {
    expect(redactor.headers(new Headers({ 'Content-Type': 'application/json', 'Retry-After': '3', 'X-RateLimit-Remaining': '9', 'Set-Cookie': 'sid=abc', 'X-Acme-Key': 'abc', 'Authorization': 'Bearer abc', 'X-New-Thing': 'abc', 'Accept-Language': 'abc', 'Location': 'https://v.example/?token=abc' }))).toEqual({
      'content-type': 'application/json', 'retry-after': '3', 'x-ratelimit-remaining': '9', 'set-cookie': REDACTED, 'x-acme-key': REDACTED, 'authorization': REDACTED, 'x-new-thing': REDACTED, 'accept-language': REDACTED, 'location': `https://v.example/?token=${REDACTED}`,
    })
  })
})

describe('what is kept', () => {
  test('the body is kept as it came, every digit and sign of it', () => {
    const text = '{"id": 9007199254740993, "text": "a\\u003cb é 😀", "list": [1.10]}'
    expect(body(text)).toBe(text)
  })

  test('a long body is cut at the cap and says so, and no half of a secret is left at the cut', () => {
    const tail = 'z'.repeat(200_000)
    for (let shift = 0; shift < SECRET.length; shift++) {
      const text = body(`${'a'.repeat(BODY_CAP + 4096 - shift)}${SECRET}${tail}`, 'text/plain')
      expect(text).toContain(`\n[cut here: the first 256 K characters of ${BODY_CAP + 4096 - shift + SECRET.length + tail.length} characters are kept]`)
      expect(leaks(text)).toBe(false)
      expect(text.length).toBeLessThan(BODY_CAP + 200)
    }
  })

  test('where redaction shortens a long body, the unread rest does not move up into sight', () => {
    for (let shift = 0; shift <= SECRET.length; shift++) expect(leaks(body(`${'a'.repeat(shift)}${`${SECRET} `.repeat(20_000)}`, 'text/plain')), String(shift)).toBe(false)
  })

  test('bytes are read in their charset, and what is no text is only counted', () => {
    expect(redactor.body(Buffer.from('{"a":"é"}', 'latin1'), 'application/json; charset=iso-8859-1')).toBe('{"a":"é"}')
    expect(redactor.body(Buffer.from([0x89, 0x50, 0x4e, 0x47]), 'image/png')).toBe('[4 bytes of image/png, not kept]')
    expect(redactor.body(Buffer.alloc(0), 'text/plain')).toBeNull()
  })

  test('a large body without secrets costs little', () => {
    const page = JSON.stringify({ items: Array.from({ length: 80 }, (_, n) => ({ id: n, subject: 'Printer is on fire again', description: 'It began at noon. '.repeat(8), updated_at: '2026-01-01T00:00:00Z' })) })
    for (let warm = 0; warm < 200; warm++) body(page)
    const began = performance.now()
    for (let turn = 0; turn < 100; turn++) body(page)
    const micros = ((performance.now() - began) / 100) * 1000
    console.log(`redacting ${page.length} characters takes ${micros.toFixed(0)} µs`)
    expect(micros).toBeLessThan(5_000)
  })
})

test('secret keys are dropped from what was parsed at any depth and in any case, and nothing else is', () => {
  const text = '{"user":{"api_key":"abc","Own_Secret":{"x":1},"name":"n"},"list":[{"API_KEY":"abc"}],"token":"a page token"}'
  expect(dropKeys(JSON.parse(text), ['api_key', 'own_secret'], text)).toEqual({ user: { name: 'n' }, list: [{}], token: 'a page token' })
  const escaped = String.raw`{"api\u005fkey":"abc","a":1}`
  expect(dropKeys(JSON.parse(escaped), ['api_key'], escaped)).toEqual({ a: 1 })
  const deep = `${'['.repeat(100_000)}{"api_key":"abc"}${']'.repeat(100_000)}`
  expect(() => dropKeys(JSON.parse(deep), ['api_key'], deep)).not.toThrow()
})
