import { expect, it } from 'vitest'
import { noTrail, walkedOn, wasAt, type Trail } from '#src/sync/circles'

/** Pages walked until a page of a list that goes in circles behind `before` pages is known again; null: it never is. */
function noticedAfter(before: number, length: number): number | null {
  const markOf = (page: number): string => `p${page < before ? page : before + (page - before) % length}`
  let trail: Trail = noTrail
  for (let page = 0; page < 10 * (before + length); page += 1) {
    if (wasAt(trail, [markOf(page)])) return page
    trail = walkedOn(trail, page + 1, [markOf(page)])
  }
  return null
}

it.each([[0, 1], [0, 2], [5, 1], [3, 4]])('F34 a short circle is noticed at its first repeated page (%d pages before one of %d)', (before, length) => {
  expect(noticedAfter(before, length)).toBe(before + length)
})

it.each([[0, 9], [0, 100], [1000, 1], [7, 1234], [500, 333]])('F34 a circle of any length is noticed before it was walked four times (%d pages before one of %d)', (before, length) => {
  expect(noticedAfter(before, length)).toBeLessThanOrEqual(3 * Math.max(before, length) + length)
})

it('F34 a list without circles is walked to its end', () => {
  let trail: Trail = noTrail
  for (let page = 0; page < 5000; page += 1) {
    expect(wasAt(trail, [`place ${page}`, `content ${page}`])).toBe(false)
    trail = walkedOn(trail, page + 1, [`place ${page}`, `content ${page}`])
  }
  expect(JSON.stringify(trail).length).toBeLessThan(300)
})
