import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { whoamiRequest, type AnyProvider, type AnyResource, type FileAsk } from '#kit'
import { Fault } from '#src/errors'
import { remoteIdOf } from '#src/sync/map'
import { reduceRow } from '#src/sync/reduce'
import { everyProvider } from './every.ts'
import { openBench, walk, type Bench } from './walk.ts'

// What the house promises of every file that a provider says can be downloaded.
const SIZE = 120
const faultOf = async (work: Promise<unknown>): Promise<Fault | null> => work.then(() => null, (error: unknown) => { if (error instanceof Fault) return error; throw error })

const files = everyProvider.flatMap(([slug, provider]) => provider.resources.filter(({ download }) => download !== undefined).map((resource) => [`${slug} ${resource.model.id as string}`, provider, resource] as const))

describe.each(files)('the files of %s', (_name, provider: AnyProvider, resource: AnyResource) => {
  const open = async (work: (bench: Bench, asks: readonly { readonly id: string; readonly row: unknown; readonly ask: FileAsk }[]) => Promise<void>): Promise<void> => {
    const bench = await openBench(provider, SIZE)
    try {
      const { rows } = await walk(resource, bench.send, { setup: bench.setup })
      await work(bench, rows.map((row) => ({ id: remoteIdOf(resource, row), row, ask: resource.download!(row, bench.setup)! })))
    } finally {
      await bench.close()
    }
  }

  it('are delivered to the last byte, from the vendor\'s own address, and leave a log without their bytes', async () => {
    const { fileOf } = await provider.sandbox()
    await open(async (bench, asks) => {
      expect(asks.length).toBeGreaterThan(3)
      bench.log.length = 0
      for (const { id, ask } of asks) {
        const { stream } = await bench.download(ask)
        expect((await buffer(stream)).equals(fileOf!(id)), id).toBe(true)
      }
      expect(bench.log.map(({ method, host, status, code, responseBody }) => [method, host, status, code, responseBody])).toEqual(asks.map(() => ['GET', new URL(bench.baseUrl).host, 200, null, '[not kept: a file]']))
      expect(bench.log.map(({ responseBytes }) => responseBytes)).toEqual(asks.map(({ id }) => fileOf!(id).length))
    })
  })

  it('are asked for by what is kept where everything but file_url is switched off', async () => {
    const disabled = new Set(Object.keys(resource.fields as object).filter((field) => field !== 'file_url'))
    await open(async (bench, asks) => {
      for (const { row, ask } of asks) expect(resource.download!(reduceRow(resource, row, { disabled, baseUrl: bench.baseUrl, setup: bench.setup }), bench.setup)).toEqual(ask)
    })
  })

  it('are not found once they are gone, and nothing else passes for them', async () => {
    const vendor = await provider.sandbox()
    await open(async (bench, asks) => {
      const remove = (): readonly string[] => vendor.remove(bench.sandbox.world, new Date())[resource.model.id as 'ticketing.Attachment'] ?? []
      // What goes first may have had no files.
      const gone = new Set<string>()
      for (let n = 0; n < 20 && !asks.some(({ id }) => gone.has(id)); n += 1) for (const id of remove()) gone.add(id)
      const lost = asks.filter(({ id }) => gone.has(id))
      expect(lost.length).toBeGreaterThan(0)
      for (const { ask } of lost) expect((await faultOf(bench.download(ask)))?.code).toBe('upstream.not_found')
      bench.sandbox.faults.add({ kind: 'cut_short' })
      const { stream } = await bench.download(asks.find(({ id }) => !gone.has(id))!.ask)
      expect((await faultOf(buffer(stream)))?.code).toBe('upstream.cut_short')
      for (const [status, code] of [[401, 'upstream.unauthorized'], [500, 'upstream.unavailable'], [429, 'upstream.rate_limited']] as const) {
        bench.sandbox.faults.add({ kind: 'status', status, times: 2 })
        expect((await faultOf(bench.download(asks.find(({ id }) => !gone.has(id))!.ask)))?.code).toBe(code)
        bench.sandbox.faults.clear()
      }
    })
  })

  it('are not given to strangers, or these are found out before', async () => {
    await open(async (_bench, [first]) => {
      const stranger = await openBench(provider, SIZE, [], { strangers: true })
      const refused = await faultOf(provider.whoami.ask === 'around_each_run' ? stranger.send(whoamiRequest(provider.whoami)) : stranger.download(first!.ask))
      await stranger.close()
      expect(refused?.code).toBe('upstream.unauthorized')
    })
  })
})

describe('a box', () => {
  it('has files where its provider says that they can be downloaded, and nowhere else', async () => {
    expect(files.length).toBeGreaterThan(1)
    for (const [slug, provider] of everyProvider) expect((await provider.sandbox()).fileOf !== undefined, slug).toBe(provider.resources.some(({ download }) => download !== undefined))
  })
})
