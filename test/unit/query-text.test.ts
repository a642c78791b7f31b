import { describe, expect, it, test } from 'vitest'
import { comparisons, graphqlErrors, jqlText, jsonRpcErrors, odataValue, parseQuery, selected, soql, soqlValue, type ParsedQuery } from '#kit'
import { judge } from '#src/upstream/judge'
import { provider } from '../support/door.ts'

const parsed = (text: string): ParsedQuery => { const query = parseQuery(text); if (typeof query === 'string') throw new Error(query); return query }

describe('values in a query language', () => {
  const nasty = ['plain', `it's`, '"quoted"', String.raw`back\slash`, `\\' or Id != '`, 'line\nbreak\r\ttab', '日本語 🎫', '%_']
  it.each(nasty)('%j stays a value, whatever is in it', (text) => {
    const rows = [{ name: text }, { name: 'other' }]
    expect(rows.filter(parsed(`select name from T where name = ${soqlValue(text)}`).matches)).toEqual([{ name: text }])
    expect(JSON.parse(jqlText(text))).toBe(text)
    expect(odataValue(text).slice(1, -1).replaceAll('\'\'', '\'')).toBe(text)
    expect(odataValue(text).slice(1, -1).replaceAll('\'\'', '')).not.toContain('\'')
  })

  it('are written as the language has them', () => {
    const at = new Date('2026-03-04T05:06:07Z')
    expect([soqlValue(at), soqlValue(7), soqlValue(false), odataValue(at)]).toEqual(['2026-03-04T05:06:07.000Z', '7', 'false', '2026-03-04T05:06:07.000Z'])
    expect(soql({ select: ['a', 'b', 'a'], from: 'T', where: [false, 'a = 1', undefined, 'b > 2'], orderBy: ['a', 'b desc'], limit: 5 })).toBe('select a, b from T where a = 1 and b > 2 order by a, b desc limit 5')
    expect(soql({ select: ['a'], from: 'T' })).toBe('select a from T')
  })
})

describe('a box\'s reading of a query', () => {
  const rows = [{ n: 1, at: '2026-01-01T00:00:00Z', owner: { name: 'x' }, gone: false }, { n: 2, at: '2026-01-02T00:00:00.000+0000', owner: null, gone: true }, { n: 10, at: '2026-01-03T02:00:00+02:00', owner: { name: 'y' }, gone: false }]
  test.each([
    ['select n from T where n > 1', [2, 10]], ['select n from T where at >= 2026-01-02T00:00:00Z order by n desc', [10, 2]], ['select n from T where owner.name = \'y\'', [10]], ['select n from T where owner = null', [2]],
    ['select n from T where gone = true and n != 3', [2]], ['select n from T where n in (1, 10)', [1, 10]], ['select n from T where n not in (1)', [2, 10]], ['n > 1 and gone = false order by n', [10]], ['at >= "2026-01-02 00:00" ORDER BY at ASC', [2, 10]], ['order by n desc', [10, 2, 1]], ['select n from T limit 2', [1, 2, 10]],
  ])('%s', (text, numbers) => {
    const { matches, sort } = parsed(text)
    expect(sort(rows.filter(matches)).map(({ n }) => (n as number))).toEqual(numbers)
  })

  it('says what it cannot read, and gives no column that was not asked for', () => {
    expect(parseQuery('select n from T where n resembles 3')).toContain('unexpected token')
    expect(parsed('select n, owner.name from T limit 2')).toMatchObject({ select: ['n', 'owner.name'], from: 'T', limit: 2 })
    expect(selected(rows[0]!, ['n', 'owner.name', 'missing'])).toEqual({ n: 1, owner: { name: 'x' }, missing: null })
    expect(comparisons['=']!('a', 'b')).toBe(false)
  })
})

describe('errors inside an answer', () => {
  const judged = (errors: readonly Parameters<typeof judge>[0]['errors'][number][], status: number, body: unknown) => judge(provider({ errors }), status, new Headers({ 'content-type': 'application/json' }), Buffer.from(JSON.stringify(body))).code
  it('of GraphQL are known by their codes, and half an answer is none', () => {
    const rules = graphqlErrors({ RATELIMITED: 'upstream.rate_limited', AUTHENTICATION_ERROR: 'upstream.unauthorized' })
    const error = (code?: string) => ({ data: { x: 1 }, errors: [{ message: 'm', ...(code !== undefined && { extensions: { code } }) }] })
    expect([judged(rules, 400, error('RATELIMITED')), judged(rules, 200, error('AUTHENTICATION_ERROR')), judged(rules, 200, error('OTHER')), judged(rules, 200, error()), judged(rules, 200, { data: {} }), judged(rules, 200, { errors: [] })])
      .toEqual(['upstream.rate_limited', 'upstream.unauthorized', 'upstream.rejected', 'upstream.rejected', null, null])
  })

  it('of remote procedures are known by what the adapter says of them', () => {
    const rules = jsonRpcErrors([{ when: (error) => Array.isArray(error) && error[0] === 'UserError', code: 'upstream.rejected' }], 'upstream.unavailable')
    expect([judged(rules, 200, { id: 1, error: ['UserError'] }), judged(rules, 200, { id: 1, error: ['Boom'] }), judged(rules, 200, { id: 1, error: null, result: [] }), judged(rules, 200, { id: 1, result: [] })]).toEqual(['upstream.rejected', 'upstream.unavailable', null, null])
  })

  it('may be no errors at all: an answer that a rule forgives is an answer', () => {
    expect(judged([{ status: 304, code: null }], 304, {})).toBeNull()
    expect(judge(provider({ errors: [{ status: 304, code: null }] }), 304, new Headers(), Buffer.alloc(0))).toMatchObject({ code: null, body: null })
    expect(judge(provider({ errors: [{ status: 404, code: null }] }), 404, new Headers({ 'content-type': 'text/html' }), Buffer.from('<html>')).code).toBe('upstream.not_json')
  })
})
