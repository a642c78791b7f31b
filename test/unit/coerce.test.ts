import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bool, day, epoch, id, instant, isoOf, num, ours, present, prose, str, word } from '#kit'
import { recordId } from '#src/records/ids'

describe('readers of untidy values', () => {
  it('F44 never throw, whatever comes', () => {
    fc.assert(fc.property(fc.anything(), (value) => {
      for (const read of [str, prose, id, num, bool, day, instant, (given: unknown) => epoch(given, 'seconds'), (given: unknown) => word({ a: 'A' }, given)]) read(value)
    }))
  })

  it.each([
    ['2026-03-04T05:06:07Z', '2026-03-04T05:06:07.000Z'],
    ['2026-03-04T05:06:07.1234567Z', '2026-03-04T05:06:07.123Z'],
    ['2026-03-04T05:06:07,5+02:00', '2026-03-04T03:06:07.500Z'],
    ['2026-03-04 05:06 -0530', '2026-03-04T10:36:00.000Z'],
    ['2026-03-04 05:06:07 UTC', '2026-03-04T05:06:07.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
    ['2026-03-04T05:06:07', null],
    ['2024-02-30T00:00:00Z', null],
    ['2026-03-04T25:00:00Z', null],
    ['0000-00-00T00:00:00Z', null],
    ['12/25/2024', null],
    ['', null],
    [1_700_000_000, null],
    [null, null],
  ])('F52 reads the instant %j as %j', (given, expected) => { expect(instant(given)).toBe(expected) })

  it.each([
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-12-31T23:30:00+14:00', '2026-12-31T00:00:00.000Z'],
    ['2023-02-29', null],
    ['0000-00-00', null],
    ['2026-13-01', null],
    ['31.12.2026', null],
    [undefined, null],
  ])('F52 reads the day %j as %j, whatever the zone', (given, expected) => { expect(day(given)).toBe(expected) })

  it('F52 reads an instant alike, however plainly it is written', () => {
    const two = fc.integer({ min: 0, max: 70 }).map((n) => String(n).padStart(2, '0'))
    const year = fc.oneof(fc.integer({ min: 1900, max: 2100 }), fc.integer({ min: 0, max: 9999 })).map((n) => String(n).padStart(4, '0'))
    const zone = fc.tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 61 })).map(([sign, hours, minutes]) => `${sign}${String(hours).padStart(2, '0')}${String(minutes).padStart(2, '0')}`)
    fc.assert(fc.property(year, fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }), two, two, two, fc.constantFrom('', '.000', '.123'), fc.oneof(zone, fc.constant('Z')), (y, month, date, hour, minute, second, fraction, where) => {
      const wall = `${y}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}T${hour}:${minute}:${second}${fraction}`
      // White space before the zone is not plain: this is read the long way.
      const long = instant(`${wall} ${where}`)
      for (const form of [`${wall}${where}`, `${wall}${where.replace(/(?<=\d\d)(?=\d\d$)/, ':')}`]) expect(instant(form), form).toBe(long)
    }), { numRuns: 5000, examples: [['2024', 2, 29, '23', '59', '59', '', '+0530'], ['2023', 2, 29, '00', '00', '00', '', 'Z'], ['1900', 2, 29, '00', '00', '00', '', 'Z'], ['2000', 2, 29, '24', '00', '00', '', 'Z'], ['0000', 1, 1, '00', '00', '00', '', 'Z'], ['0001', 1, 1, '00', '00', '00', '', '+1400'], ['9999', 12, 31, '23', '59', '59', '.123', '-0800'], ['2026', 3, 1, '12', '00', '00', '', '-0000']] })
  })

  it('F52 gives back every instant that it is given', () => {
    fc.assert(fc.property(fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }), (date) => { expect(instant(date.toISOString())).toBe(date.toISOString()) }))
  })

  it('F52 writes an instant as Date does', () => {
    fc.assert(fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }), (far, near) => {
      for (const ms of [far, near.getTime()]) expect(isoOf(ms)).toBe(new Date(ms).toISOString())
    }))
  })

  it('reads seconds and milliseconds as it is told', () => {
    expect(epoch(1_700_000_000, 'seconds')).toBe('2023-11-14T22:13:20.000Z')
    expect(epoch('1700000000000', 'milliseconds')).toBe('2023-11-14T22:13:20.000Z')
    expect(epoch(1e300, 'seconds')).toBeNull()
  })

  it('F51 takes an id as text, and no number that has lost digits', () => {
    expect(id(12)).toBe('12')
    expect(id(9_007_199_254_740_993n)).toBe('9007199254740993')
    expect(id('9007199254740993')).toBe('9007199254740993')
    expect(id(2 ** 53)).toBeNull()
    expect(id(1.5)).toBeNull()
    expect(id(Number.NaN)).toBeNull()
    expect([id(''), id(' '), id([]), id({}), id(null)]).toEqual([null, null, null, null, null])
  })

  it('F53 keeps the bytes of a text, and trims only names', () => {
    // The same letter in two spellings, and signs that have another form to be told from.
    const spellings = ['e\u0301', '\u00e9', '\u212b', '\ufb01']
    fc.assert(fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => { expect(prose(text)).toBe(text) }), { examples: spellings.map((text): [string] => [text]) })
    expect(spellings.map(id)).toEqual(spellings)
    expect(new Set(spellings.map((text) => recordId('account', 'model', text))).size).toBe(spellings.length)
    expect(prose('  two \r\n lines ')).toBe('  two \r\n lines ')
    expect(str('  Zoë ')).toBe('Zoë')
    expect(prose('')).toBeNull()
  })

  it('reads numbers and flags in their usual spellings, and nothing else', () => {
    expect([num('1.5'), num(' 2 '), num('1e400'), num('N/A'), num(true), num(Number.POSITIVE_INFINITY)]).toEqual([1.5, 2, null, null, null, null])
    expect([bool(true), bool('false'), bool(1), bool('0'), bool('yes'), bool(null)]).toEqual([true, false, true, false, null, null])
  })

  it('F45 passes a word through that the table lacks, also one that every object has', () => {
    expect(word({ New: 'OPEN' }, 'New')).toEqual({ ours: 'OPEN', origin: 'New' })
    expect(word({ OPEN: 'OPEN' }, 'OPEN')).toBe('OPEN')
    expect([word({ New: 'OPEN' }, 'New'), 'Parked', null].map(ours)).toEqual(['OPEN', 'Parked', null])
    expect(word({ New: 'OPEN' }, 'Parked')).toBe('Parked')
    expect(word({ New: 'OPEN' }, 'constructor')).toBe('constructor')
    expect(word({ New: 'OPEN' }, '  ')).toBeNull()
  })

  it('leaves nulls and repetitions out of a list, in its order', () => {
    expect(present(['b', null, 'a', 'b'])).toEqual(['b', 'a'])
  })
})
