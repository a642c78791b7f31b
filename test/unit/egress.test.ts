import { describe, expect, test } from 'vitest'
import { parseAllowed } from '#src/egress/allowed-hosts'
import { checkAddress, checkUrl, targetOf } from '#src/egress/guard'
import { Fault } from '#src/errors'
import { special } from '../support/addresses.ts'

const nothing = { allowed: parseAllowed('') }
const codeOf = (work: () => void): string | null => { try { work(); return null } catch (error) { return error instanceof Fault ? error.code : String(error) } }
const address = (rules: Parameters<typeof checkAddress>[0], text: string, { protocol = 'https:', port = 443, provider = 'acme' } = {}): string | null =>
  codeOf(() => checkAddress(rules, { provider, protocol, host: text, port }, text))

describe('the egress guard', () => {
  test.each(special)('T56 refuses the special address %s', (text) => {
    expect(address(nothing, text)).toBe('upstream.blocked')
    expect(codeOf(() => checkUrl(nothing, 'acme', new URL(`https://${text.includes(':') ? `[${text}]` : text}/`)))).toBe('upstream.blocked')
  })

  test.each(['1.1.1.1', '8.8.8.8', '93.184.216.34', '2606:4700::1111', '2a00:1450:4001:81b::200e'])('T56 lets the public address %s pass', (text) => {
    expect(address(nothing, text)).toBeNull()
  })

  test('T56 takes https on port 443 only, unless the operator lists the place', () => {
    expect(address(nothing, '1.1.1.1', { port: 22 })).toBe('upstream.blocked')
    expect(address(nothing, '1.1.1.1', { protocol: 'http:', port: 80 })).toBe('upstream.blocked')
    expect(address({ allowed: parseAllowed('acme=1.1.1.1:8080') }, '1.1.1.1', { protocol: 'http:', port: 8080 })).toBeNull()
  })

  test.each(['2130706433', '0x7f.1', '0177.0.0.1', '127.1', '①②⑦.⓪.⓪.①', '[::ffff:127.0.0.1]', '127.0.0.1.', '0x7f000001', '[::ffff:7f00:1]', '[0:0:0:0:0:0:0:1]'])('T57 sees through the spelling %s', (host) => {
    expect(codeOf(() => checkUrl(nothing, 'acme', new URL(`https://${host}/`)))).toBe('upstream.blocked')
  })

  test.each(['ftp://example.com/', 'file:///etc/passwd', 'gopher://example.com/', 'data:text/plain,hi', 'https://user:pw@example.com/', 'https://user@example.com/'])('T56 refuses the URL %s', (url) => {
    expect(codeOf(() => checkUrl(nothing, 'acme', new URL(url)))).toBe('upstream.blocked')
  })

  test('private addresses are open to the provider that the operator names, and to no other', () => {
    const rules = { allowed: parseAllowed('acme=10.1.2.0/24,acme=127.0.0.1:3001,other=192.168.0.0/16,acme=fd12::/16,acme=intranet.example:8080') }
    expect(address(rules, '10.1.2.77', { protocol: 'http:', port: 80 })).toBeNull()
    expect(address(rules, '10.1.3.1')).toBe('upstream.blocked')
    expect(address(rules, '127.0.0.1', { protocol: 'http:', port: 3001 })).toBeNull()
    expect(address(rules, '::ffff:127.0.0.1', { protocol: 'http:', port: 3001 })).toBeNull()
    expect(address(rules, '127.0.0.1', { protocol: 'http:', port: 3002 })).toBe('upstream.blocked')
    expect(address(rules, '192.168.0.1')).toBe('upstream.blocked')
    expect(address(rules, 'fd12::9', { protocol: 'http:', port: 80 })).toBeNull()
    expect(codeOf(() => checkAddress(rules, { provider: 'acme', protocol: 'http:', host: 'intranet.example', port: 8080 }, '10.9.9.9'))).toBeNull()
    expect(codeOf(() => checkAddress(rules, { provider: 'acme', protocol: 'http:', host: 'elsewhere.example', port: 8080 }, '10.9.9.9'))).toBe('upstream.blocked')
  })

  test.each(['169.254.169.254', '169.254.170.2', 'fe80::1', 'fd00:ec2::254', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::', '0.0.0.0', '::', '255.255.255.255', '100.100.100.200', '168.63.129.16', '192.0.0.192'])('T56 never contacts %s, whatever the operator lists', (text) => {
    const everything = { allowed: parseAllowed('acme=0.0.0.0/0,acme=::/0,acme=169.254.169.254:443') }
    expect(address(everything, text)).toBe('upstream.blocked')
  })

  test('T56 never contacts its own listeners, whatever the operator lists', () => {
    const rules = { allowed: parseAllowed('acme=0.0.0.0/0,acme=::/0'), ownPorts: () => [3000, 5432] }
    for (const text of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) {
      expect(address(rules, text, { protocol: 'http:', port: 3000 })).toBe('upstream.blocked')
      expect(address(rules, text, { protocol: 'http:', port: 5432 })).toBe('upstream.blocked')
      expect(address(rules, text, { protocol: 'http:', port: 3001 })).toBeNull()
    }
  })

  test('the refusal tells the operator what to list', () => {
    const target = targetOf('acme', new URL('http://10.0.0.7:8080/x'))
    expect(() => checkAddress(nothing, target, '10.0.0.7')).toThrow('INTERMODAL_ALLOW_PRIVATE_HOSTS=acme=10.0.0.7:8080')
  })
})
