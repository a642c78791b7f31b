import { describe, expect, test } from 'vitest'
import { Fault } from '#src/errors'
import { addressFor } from '#src/upstream/address'

const BASE = 'https://api.acme.example/tracker/v1'
const hrefOf = (path: string, base = BASE): string => addressFor(base, { path }).href
const refused = (work: () => unknown): string | null => { try { work(); return null } catch (error) { return error instanceof Fault ? error.code : String(error) } }

describe('where a request goes', () => {
  test('a path lies under the base address, whose own path it keeps', () => {
    expect(hrefOf('/issues.json')).toBe('https://api.acme.example/tracker/v1/issues.json')
    expect(hrefOf('/issues.json', `${BASE}/`)).toBe('https://api.acme.example/tracker/v1/issues.json')
    expect(hrefOf('/issues.json', 'https://acme.example')).toBe('https://acme.example/issues.json')
    expect(hrefOf('/a?b#c')).toBe('https://api.acme.example/tracker/v1/a%3Fb%23c')
    expect(hrefOf('/a/b%2Fc')).toBe('https://api.acme.example/tracker/v1/a/b%2Fc')
    expect(addressFor(BASE, { path: '/x', query: { a: 1, b: true, c: undefined, d: 'é &' } }).search).toBe('?a=1&b=true&d=%C3%A9+%26')
  })

  test.each(['//evil.example', '\\\\evil.example', '/\\evil.example', '/\t/evil.example', 'https://evil.example', 'http:evil.example', '@evil.example/', '.evil.example/', '/../admin', '/%2e%2e/admin', '/a/../../admin', '/..%2fadmin', '/%252e%252e/admin', '/%2f..%2f..%2fadmin', '/a/./b', '/.', '/..', '', 'issues', '/a\u0000b', '/a%0d%0ab', '/%5c..%5cadmin', '/%2fevil.example', '/..%2fadmin/%25', '/%2e%2e%2fadmin?%ff', '/a/..;/admin', '/a/..;x=1/admin'])('T61 the path %j is refused', (path) => {
    expect(refused(() => addressFor(BASE, { path }))).toBe('request.invalid')
  })

  test('the vendor\'s own next page is taken at its origin, and nowhere else', () => {
    expect(addressFor(BASE, { path: '/x', url: 'https://api.acme.example/other?page=2#top' }).href).toBe('https://api.acme.example/other?page=2')
    expect(addressFor(BASE, { path: '/x', url: '/tracker/v1/x?page=2' }).href).toBe('https://api.acme.example/tracker/v1/x?page=2')
    for (const url of ['https://evil.example/', '//evil.example/', 'http://api.acme.example/', 'https://api.acme.example:8443/', 'https://api.acme.example@evil.example/', 'https://']) {
      expect(refused(() => addressFor(BASE, { path: '/x', url })), url).toBe('upstream.blocked')
    }
  })
})
