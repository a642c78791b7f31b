import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { check, type AccountEvidence, type FeedEntry, type Kind, type Original, type Served, type Stored } from '../chaos/checker.ts'
import type { Mutation } from '../chaos/ledger.ts'
import { engineMutants } from '../chaos/mutants.ts'
import { nameOf } from '../chaos/provider.ts'
import { fateOf, POINTS, randomOf, spellOf } from '../chaos/schedule.ts'
import { openTokens } from '../chaos/tokens.ts'

// A checker that cannot find anything proves nothing: each thing that an engine may get wrong is done to what is right, and must be found, as what it is.
const model = 'ticketing.Tag'
const START = Date.parse('2026-11-21T10:00:00.000Z')
const at = (second: number): string => `2026-11-21T10:00:0${second}.000000Z`
const recordOf = (remoteId: string): string => `record-${remoteId}`

/** Three records: 1 is changed once, 2 is deleted, 3 is deleted and made again. A run per second has seen it all. */
function world() {
  const deeds: [number, number, number, Mutation['deed']][] = [[0, 1, 1, 'created'], [0, 2, 1, 'created'], [0, 3, 1, 'created'], [2, 1, 2, 'updated'], [4, 2, 2, 'deleted'], [4, 3, 2, 'deleted'], [6, 3, 3, 're-created']]
  const ledger: Mutation[] = deeds.map(([second, id, rev, deed]) => ({ at: START + second * 1000, account: 'a', model, id, rev, deed }))
  const told: [number, string, string, number][] = [[1, '1', 'created', 1], [1, '2', 'created', 1], [1, '3', 'created', 1], [3, '1', 'updated', 2], [5, '2', 'deleted', 1], [5, '3', 'deleted', 1], [7, '3', 'restored', 2]]
  const feed: FeedEntry[] = told.map(([second, remote_id, what, raw_version], n) => ({ seq: n + 1, model, record_id: recordOf(remote_id), remote_id, what, raw_version, run_id: `run-${second}`, at: `2026-11-21T10:00:0${second}.00000${n}Z` }))
  const originals: Original[] = [['1', 1, 1], ['1', 2, 2], ['2', 1, 1], ['3', 1, 1], ['3', 2, 3]].map(([id, version, rev]) => ({ model, record_id: recordOf(String(id)), version: Number(version), rev: Number(rev) }))
  const last = (remoteId: string): FeedEntry => feed.findLast(({ remote_id }) => remote_id === remoteId)!
  const stored: Stored[] = [['1', false], ['2', true], ['3', false]].map(([id, deleted]) => ({ model, id: recordOf(String(id)), remote_id: String(id), seq: last(String(id)).seq, raw_version: last(String(id)).raw_version!, deleted: deleted === true }))
  const served: Served[] = [['1', 2], ['2', 1], ['3', 3]].map(([id, rev]) => ({ model, id: recordOf(String(id)), remote_id: String(id), name: nameOf(model, Number(id), Number(rev)), deleted: id === '2', modified_at: last(String(id)).at }))
  return { ledger, families: [{ account: 'a', refreshes: 5, repeats: 1, reuses: 0 }], evidence: { account: 'a', status: 'COMPLETE', feed, followed: structuredClone(feed), stored, served, originals, runs: new Map([1, 3, 5, 7].map((second) => [`run-${second}`, START + second * 1000 - 500])) } }
}
type Loose = { -readonly [K in keyof AccountEvidence]: AccountEvidence[K] extends readonly (infer R)[] ? { -readonly [P in keyof R]: R[P] }[] : AccountEvidence[K] }

/** What is found after something was done to a world that is right. */
function foundAfter(harm: (evidence: Loose, ledger: Mutation[], family: { reuses: number }) => void): Kind[] {
  const { ledger, families, evidence } = world()
  harm(evidence, ledger, families[0]!)
  return [...new Set(check(ledger, families, [evidence]).map(({ kind }) => kind))].sort()
}
const both = (evidence: Loose, change: (feed: Loose['feed']) => void): void => { change(evidence.feed); change(evidence.followed) }
const entry = (evidence: Loose, seq: number) => evidence.feed.find((one) => one.seq === seq)!

describe('the checker', () => {
  it('finds nothing where everything is right', () => {
    const { ledger, families, evidence } = world()
    expect(check(ledger, families, [evidence])).toEqual([])
  })

  it('G3 finds a hole in the feed', () => {
    expect(foundAfter((evidence) => both(evidence, (feed) => feed.splice(3, 1)))).toContain('gap')
  })

  it('G3 finds an entry that comes twice, by its number and by what it says', () => {
    expect(foundAfter((evidence) => both(evidence, (feed) => feed.splice(3, 0, { ...feed[3]! })))).toContain('doubled')
    expect(foundAfter((evidence) => both(evidence, (feed) => feed.push({ ...feed[3]!, seq: 8, at: at(8) })))).toContain('doubled')
    expect(foundAfter((evidence) => both(evidence, (feed) => feed.push({ ...feed[0]!, seq: 8, at: at(8) })))).toContain('doubled')
  })

  it('G3 finds a clock that does not rise', () => {
    expect(foundAfter((evidence) => both(evidence, (feed) => { feed[4]!.at = feed[3]!.at }))).toContain('backwards')
  })

  it('G3 finds an entry that changed after somebody had read it, and one that appeared behind his back', () => {
    expect(foundAfter((evidence) => { evidence.followed[2]!.remote_id = '9' })).toEqual(['disagreement'])
    expect(foundAfter((evidence) => { evidence.followed.splice(2, 1) })).toEqual(['disagreement', 'gap'])
  })

  it('G4 finds an older state that was written over a newer one', () => {
    expect(foundAfter((evidence) => { evidence.originals.push({ model, record_id: recordOf('1'), version: 3, rev: 1 }) })).toEqual(['backwards'])
    expect(foundAfter((evidence) => both(evidence, (feed) => feed.push({ ...feed[3]!, raw_version: 1, seq: 8, at: at(8) })))).toContain('backwards')
  })

  it('G2 finds a state that was written twice', () => {
    expect(foundAfter((evidence) => { evidence.originals.push({ model, record_id: recordOf('1'), version: 3, rev: 2 }) })).toEqual(['doubled'])
  })

  it('G5 finds a deletion of what the vendor had all the time, also where it came back later', () => {
    expect(foundAfter((_, ledger) => { ledger.splice(5, 2) })).toContain('falsely deleted')
    expect(foundAfter((evidence) => { (evidence.runs as Map<string, number>).set('run-5', START + 6_500); both(evidence, (feed) => { for (const [n, one] of feed.entries()) if (n >= 5) one.at = `2026-11-21T10:00:08.00000${n}Z` }); evidence.served[2]!.modified_at = entry(evidence, 7).at })).toEqual(['falsely deleted'])
    expect(foundAfter((evidence) => { evidence.served[0]!.deleted = true; evidence.stored[0]!.deleted = true })).toContain('falsely deleted')
  })

  it('finds a record that is not served, and an update that was lost', () => {
    expect(foundAfter((evidence) => { evidence.served.splice(0, 1) })).toEqual(['lost'])
    expect(foundAfter((_, ledger) => { ledger.push({ at: START + 500, account: 'a', model, id: 4, rev: 1, deed: 'created' }) })).toEqual(['lost'])
    expect(foundAfter((evidence) => { evidence.served[0]!.name = nameOf(model, 1, 1) })).toEqual(['lost'])
    expect(foundAfter((_, ledger) => { ledger.push({ at: START + 7_000, account: 'a', model, id: 1, rev: 3, deed: 'updated' }) })).toEqual(['lost'])
  })

  it('finds a deletion that was lost', () => {
    expect(foundAfter((_, ledger) => { ledger.push({ at: START + 7_000, account: 'a', model, id: 1, rev: 3, deed: 'deleted' }) })).toEqual(['lost'])
  })

  it('finds what the vendor never had, or not yet', () => {
    expect(foundAfter((evidence) => { evidence.served.push({ ...evidence.served[0]!, remote_id: '77', id: 'record-77' }) })).toContain('invented')
    expect(foundAfter((evidence) => { evidence.served[0]!.name = nameOf(model, 1, 9) })).toEqual(['invented'])
    expect(foundAfter((evidence) => { evidence.originals[1]!.rev = 9 })).toEqual(['invented'])
    expect(foundAfter((_, ledger) => { ledger[3] = { ...ledger[3]!, at: START + 3_900 } })).toEqual(['invented'])
  })

  it('finds a record that is served twice', () => {
    expect(foundAfter((evidence) => { evidence.served.push({ ...evidence.served[0]! }) })).toEqual(['doubled'])
  })

  it('G1 finds tables and feed that say different things', () => {
    expect(foundAfter((evidence) => { evidence.stored[0]!.seq = 1 })).toEqual(['disagreement'])
    expect(foundAfter((evidence) => { evidence.served[0]!.modified_at = at(9) })).toEqual(['disagreement'])
    expect(foundAfter((evidence) => both(evidence, (feed) => { feed.splice(6, 1) }))).toContain('disagreement')
    expect(foundAfter((evidence) => { evidence.stored.push({ ...evidence.stored[0]!, id: 'record-9', remote_id: '9' }) })).toEqual(['gap'])
    expect(foundAfter((evidence) => { evidence.stored.splice(0, 1) })).toContain('lost')
    expect(foundAfter((evidence) => { evidence.originals.splice(0, 1) })).toContain('lost')
  })
})

describe('the checker of tokens', () => {
  it('G10 finds a refresh token that came again, and an account whose customer must connect again', () => {
    expect(foundAfter((_, __, family) => { family.reuses = 1 })).toEqual(['consent lost', 'token reused'])
    expect(foundAfter((evidence) => { evidence.status = 'RELINK_NEEDED' })).toEqual(['consent lost'])
  })
})

describe('the vendor of tokens', () => {
  it('takes a refresh token once; a second time only while nobody has shown what came of it', () => {
    let now = 1_000
    const tokens = openTokens(() => now)
    const first = tokens.consent('a')
    const second = tokens.renew(first.refreshToken)!
    const third = tokens.renew(first.refreshToken)!
    expect([tokens.bearer(first.accessToken), tokens.bearer(second.accessToken), tokens.bearer(third.accessToken)]).toEqual(['a', null, 'a'])
    expect(tokens.families()).toEqual([{ account: 'a', refreshes: 1, repeats: 1, reuses: 0 }])
    tokens.end('a')
    expect(tokens.bearer(third.accessToken)).toBeNull()
    now = 60_000
    const fourth = tokens.renew(third.refreshToken)!
    expect([tokens.bearer(first.accessToken), tokens.bearer(fourth.accessToken)]).toEqual([null, 'a'])
    expect(tokens.renew(third.refreshToken)).toBeNull()
    expect([tokens.bearer(fourth.accessToken), tokens.renew(fourth.refreshToken)]).toEqual([null, null])
    expect(tokens.families()[0]!.reuses).toBe(1)
  })
})

describe('the schedule', () => {
  it('is the same for the same seed, and another for another', () => {
    const of = (seed: number): string => { const random = randomOf(seed); return JSON.stringify(Array.from({ length: 50 }, () => [fateOf(random), spellOf(random)])) }
    expect(of(7)).toBe(of(7))
    expect(of(7)).not.toBe(of(8))
  })

  it('has every signal, every point and every squall in it', () => {
    const random = randomOf(1)
    const fates = Array.from({ length: 1000 }, () => fateOf(random))
    expect(new Set(fates.map(({ signal }) => signal)).size).toBe(3)
    expect(new Set(fates.flatMap(({ at }) => ('point' in at ? [at.point] : []))).size).toBe(POINTS.length)
    expect(new Set(Array.from({ length: 500 }, () => spellOf(random).squall)).size).toBe(10)
  })
})

describe('the known mistakes of engines', () => {
  it('can still be made: their places are in the source, once each', () => {
    for (const { what, edits } of engineMutants) for (const { file, find } of edits) expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').split(find).length, `${what}: ${file}`).toBe(2)
  })
})
