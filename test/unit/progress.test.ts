import { describe, expect, test } from 'vitest'
import { progressOf, type Walked } from '#src/sync/progress'

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 21, 12, 0, 0) + seconds * 1000).toISOString()
const walked: Walked = { complete: true, read: 200, seen: 200, declared: 1000, rowsOfLastFull: null, pages: 2, beganAt: at(0), lastPageAt: at(100), goesOnAt: at(0), now: at(110) }

describe('the progress of a run', () => {
  test('goes by what the vendor says there is, and ends at the pace so far', () => {
    expect(progressOf(walked)).toEqual({ read: 200, total: 1000, total_from: 'vendor', share: 0.2, estimated_end: at(110 + 400) })
  })

  test('goes by the last complete read where the vendor says nothing, and only where everything is read', () => {
    expect(progressOf({ ...walked, declared: null, rowsOfLastFull: 400 })).toMatchObject({ total: 400, total_from: 'last_full_read', share: 0.5, estimated_end: at(210) })
    expect(progressOf({ ...walked, complete: false, declared: null, rowsOfLastFull: 400 })).toMatchObject({ total: null, estimated_end: null })
  })

  test('is unknown rather than wrong: without a total, past it, before the second page, standing still, paused', () => {
    const unknown = { share: null, total: null, total_from: null, estimated_end: null }
    expect(progressOf({ ...walked, declared: null })).toMatchObject(unknown)
    expect(progressOf({ ...walked, declared: 150 })).toMatchObject(unknown)
    expect(progressOf({ ...walked, declared: null, rowsOfLastFull: 150 })).toMatchObject(unknown)
    expect(progressOf({ ...walked, pages: 1 }).estimated_end).toBeNull()
    expect(progressOf({ ...walked, declared: 0, seen: 0, read: 0 })).toMatchObject({ share: null, estimated_end: null })
    expect(progressOf({ ...walked, now: at(100 + 601) })).toMatchObject({ share: 0.2, estimated_end: null })
    expect(progressOf({ ...walked, goesOnAt: null }).estimated_end).toBeNull()
  })

  test('waits as long as the vendor asks, and then goes on', () => {
    expect(progressOf({ ...walked, goesOnAt: at(3600) }).estimated_end).toBe(at(3600 + 400))
  })
})
