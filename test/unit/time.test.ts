import { expect, test } from 'vitest'
import { fromWall, onWall, zone } from '#kit'

test.each([
  ['2026-03-01T13:05:59.900Z', 'Europe/Berlin', 'minute', '2026-03-01 14:05'],
  ['2026-03-01T13:05:59.900Z', 'America/Los_Angeles', 'minute', '2026-03-01 05:05'],
  ['2026-03-01T23:30:00Z', 'Asia/Kolkata', 'day', '2026-03-02'],
  ['2026-03-01T23:30:59.999Z', 'UTC', 'second', '2026-03-01 23:30:59'],
  ['2026-07-01T00:00:00Z', 'Europe/Berlin', 'minute', '2026-07-01 02:00'],
] as const)('%s on the wall of %s to the %s is %s: cut, never rounded up', (instant, where, grain, wall) => {
  expect(onWall(new Date(instant), where, grain)).toBe(wall)
})

test('a zone that nobody knows gives a wall that no zone is behind', () => {
  const at = new Date('2026-03-01T13:05:00Z')
  for (const where of ['Pacific/Kiritimati', 'Etc/GMT+12', 'Europe/Berlin']) expect(onWall(at, 'Nowhere/Land', 'minute') <= onWall(at, where, 'minute')).toBe(true)
})

test.each([
  ['2026-03-01T14:05:00', 'Europe/Berlin', '2026-03-01T13:05:00.000Z'],
  ['2026-07-01 14:05', 'Europe/Berlin', '2026-07-01T12:05:00.000Z'],
  ['2026-01-01 00:30:15.25', 'America/New_York', '2026-01-01T05:30:15.000Z'],
  ['2026-10-25 02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['2026-03-29 02:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['2026-03-29 01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59.000Z'],
  ['2026-03-29 03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ['2026-10-25 02:59:59', 'Europe/Berlin', '2026-10-25T00:59:59.000Z'],
  ['2026-10-25 03:00:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
])('%s on the wall of %s was %s', (wall, where, instant) => {
  expect(fromWall(wall, where)).toBe(instant)
})

test.each([['2026-02-30 10:00', 'UTC'], ['2026-02-03 25:00', 'UTC'], ['2026-02-03 10:60', 'UTC'], ['0050-02-03 10:00', 'UTC'], ['2026-02-03T10:00:00Z', 'UTC'], ['soon', 'UTC'], [null, 'UTC'], ['2026-02-03 10:00', 'Nowhere/Land'], ['2026-02-03 10:00', undefined]])('%j in %j is no time', (wall, where) => {
  expect(fromWall(wall, where)).toBeNull()
})

test('what is written on a wall is read from it again', () => {
  for (const where of ['Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Chatham', 'UTC']) {
    for (let month = 1; month <= 12; month++) {
      const instant = new Date(Date.UTC(2026, month - 1, 12, 15, 45, 12))
      expect(fromWall(onWall(instant, where, 'second'), where)).toBe(instant.toISOString())
    }
  }
})

test('so it is hour by hour around the nights in which the wall is moved, and on the day that Samoa left out', () => {
  const nights = [['Europe/Berlin', '2026-03-28'], ['Europe/Berlin', '2026-10-24'], ['Australia/Lord_Howe', '2026-04-04'], ['America/New_York', '2026-11-01'], ['Pacific/Apia', '2011-12-29']] as const
  for (const [where, from] of nights) {
    const told = Array.from({ length: 96 }, (_, n) => new Date(Date.parse(`${from}T00:00:00Z`) + n * 1_800_000))
    for (const instant of told) {
      const wall = onWall(instant, where, 'second')
      // An hour that comes twice is the first of them.
      const first = new Date(Math.min(...[0, 30, 60].map((minutes) => instant.getTime() - minutes * 60_000).filter((ms) => onWall(new Date(ms), where, 'second') === wall)))
      expect(fromWall(wall, where), `${wall} ${where}`).toBe(first.toISOString())
    }
  }
})

test('only names of zones are zones', () => {
  expect([zone('Europe/Berlin'), zone('Mars/Olympus'), zone(7), zone(null)]).toEqual(['Europe/Berlin', null, null, null])
})
