import { describe, expect, it } from 'vitest'
import { createRoom } from '#src/sync/room'

const settled = async (promise: Promise<unknown>): Promise<boolean> => Promise.race([promise.then(() => true, () => true), new Promise<boolean>((done) => { setImmediate(() => { done(false) }) })])

describe('room for pages', () => {
  it('F71 lets in what fits, and the rest in its order as others leave', async () => {
    const room = createRoom(10)
    const first = await room.enter(6)
    const second = room.enter(5)
    const third = room.enter(1)
    expect(await settled(second)).toBe(false)
    // It would fit, but it came later: nobody is overtaken for ever.
    expect(await settled(third)).toBe(false)
    first.leave()
    expect(await Promise.all([settled(second), settled(third)])).toEqual([true, true])
  })

  it('lets one in that is larger than all, when it is alone', async () => {
    const room = createRoom(10)
    const large = await room.enter(1_000)
    const next = room.enter(1)
    expect(await settled(next)).toBe(false)
    large.leave()
    expect(await settled(next)).toBe(true)
  })

  it('counts what came instead of what was expected', async () => {
    const room = createRoom(10)
    const first = await room.enter(1)
    first.resize(10)
    const second = room.enter(1)
    expect(await settled(second)).toBe(false)
    first.resize(2)
    expect(await settled(second)).toBe(true)
  })

  it('leaves once, however often it is said', async () => {
    const room = createRoom(10)
    const first = await room.enter(10)
    first.leave()
    first.leave()
    first.resize(5)
    await room.enter(6)
    expect(await settled(room.enter(5))).toBe(false)
  })

  it('forgets who gives up, and lets in who stood behind', async () => {
    const room = createRoom(10)
    await room.enter(6)
    const over = new AbortController()
    const large = room.enter(10, over.signal)
    const small = room.enter(4)
    expect(await settled(small)).toBe(false)
    over.abort(new Error('given up'))
    await expect(large).rejects.toThrow('given up')
    expect(await settled(small)).toBe(true)
  })
})
