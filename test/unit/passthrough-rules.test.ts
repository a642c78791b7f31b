import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excess, isAllowed, parseRule, ruleText } from '#src/http/passthrough-rules'

const A = '11111111-1111-4111-8111-111111111111'
const may = (rules: readonly string[], method: string, path: string, integration = 'acme', linkedAccountId = A): boolean => isAllowed(rules.map(parseRule), { method, path, integration, linkedAccountId })

describe('rules for passthrough', () => {
  it.each([
    ['GET /a', 'GET', '/a', true], ['GET /a', 'GET', '/a/', false], ['GET /a', 'GET', '/A', false], ['GET /a', 'GET', '/ab', false], ['GET /a', 'GET', '/', false], ['GET /a', 'HEAD', '/a', false],
    ['GET /a/*', 'GET', '/a/b', true], ['GET /a/*', 'GET', '/a', false], ['GET /a/*', 'GET', '/a/', false], ['GET /a/*', 'GET', '/a/b/c', false], ['GET /a/*/c', 'GET', '/a/b/c', true],
    ['GET /a/**', 'GET', '/a', true], ['GET /a/**', 'GET', '/a/b/c', true], ['GET /a/**', 'GET', '/ab', false], ['GET,PUT /**', 'PUT', '/anything/at.all', true], ['GET /a/*', 'GET', '/a/Zo%C3%AB', true], ['GET /a/*', 'GET', '/a/100%', true],
  ])('%s: %s %s is %s', (rule, method, path, allowed) => { expect(may([rule], method, path)).toBe(allowed) })

  it.each(['/a/b%2fc', '/a/b%252fc', '/a/b%2Fc', '/a/;x/c', '/a/;x', '/a//b', '/a/%3fb', '/a/%253Fx', '/a/%23', '/%61/b', '/a;x/b', '//a/b', 'a/b', '/a/b%3b/../c'])('T64 %s is refused where only what it looks like is allowed', (path) => {
    expect(may(['GET /a/*'], 'GET', path)).toBe(false)
  })

  it('T64 other vendors and accounts are not meant', () => {
    expect(may(['GET /** acme'], 'GET', '/x')).toBe(true)
    expect(may(['GET /** acme'], 'GET', '/x', 'other')).toBe(false)
    expect(may([`GET /** ${A}`], 'GET', '/x')).toBe(true)
    expect(may([`GET /** acme ${A}`], 'GET', '/x', 'acme', A.replace('1', '2'))).toBe(false)
    expect(may([], 'GET', '/x')).toBe(false)
  })

  it.each(['', 'GET', 'GET a', 'get /a', 'GET,GET /a', 'GET /a/**/b', 'GET /a//b', 'GET /a/../b', 'GET /a%2fb', 'GET /a?b', 'TRACE /a', 'GET /a b c', 'GET /a*'])('%j is no rule', (text) => {
    // A climb may be written, and fits nothing that leaves.
    if (text.includes('..')) expect(may([text], 'GET', '/b')).toBe(false)
    else expect(() => parseRule(text)).toThrow('is no rule')
  })

  const segment = fc.constantFrom('*', 'a', 'b', 'users')
  const rule = fc.record({ methods: fc.subarray(['GET', 'POST', 'DELETE'], { minLength: 1 }), path: fc.tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean()).map(([segments, open]) => `/${[...segments, ...(open ? ['**'] : [])].join('/')}`), of: fc.constantFrom('', ' acme', ' other', ` ${A}`) }).map(({ methods, path, of }) => `${methods.join()} ${path}${of}`)

  it('T64 rules that are within others allow nothing that those do not, and are read as they are written', () => {
    let within = 0
    fc.assert(fc.property(fc.array(rule, { maxLength: 3 }), fc.array(rule, { maxLength: 4 }), fc.constantFrom('GET', 'POST', 'DELETE'), fc.array(fc.constantFrom('a', 'b', 'users', 'x'), { maxLength: 4 }), (narrow, wide, method, segments) => {
      for (const text of narrow) expect(ruleText(parseRule(text))).toBe(text)
      if (excess(narrow.map(parseRule), wide.map(parseRule)) !== undefined) return
      within += 1
      const path = `/${segments.join('/')}`
      if (may(narrow, method, path)) expect(may(wide, method, path), `${narrow.join('; ')} within ${wide.join('; ')}: ${method} ${path}`).toBe(true)
    }), { numRuns: 5_000 })
    expect(within).toBeGreaterThan(100)
    expect([excess(null, []), excess([], null), excess(null, null), excess([], [])]).toEqual(['no rules', undefined, undefined, undefined])
  })
})
