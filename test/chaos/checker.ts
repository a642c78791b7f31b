/** Knows the vendor's ledgers, of its data and of its tokens, and what can be read of us, and nothing of how it came about. */
import { keyOf, truthOf, type Mutation } from './ledger.ts'
import type { Family } from './tokens.ts'

export const KINDS = ['lost', 'doubled', 'invented', 'falsely deleted', 'gap', 'backwards', 'disagreement', 'token reused', 'consent lost'] as const
export type Kind = (typeof KINDS)[number]
export interface Violation { readonly kind: Kind; readonly what: string }

export interface FeedEntry { readonly seq: number; readonly model: string; readonly record_id: string; readonly remote_id: string; readonly what: string; readonly raw_version: number | null; readonly run_id: string | null; readonly at: string }
/** A record as the API serves it, the deleted ones among them. */
export interface Served { readonly model: string; readonly id: string; readonly remote_id: string; readonly name: string; readonly deleted: boolean; readonly modified_at: string }
/** A record as its table has it. */
export interface Stored { readonly model: string; readonly id: string; readonly remote_id: string; readonly seq: number; readonly raw_version: number; readonly deleted: boolean }
export interface Original { readonly model: string; readonly record_id: string; readonly version: number; readonly rev: number }
export interface AccountEvidence {
  readonly account: string
  /** As the API tells it. */
  readonly status: string
  readonly feed: readonly FeedEntry[]
  /** The same feed as somebody read it who followed it all the time. */
  readonly followed: readonly FeedEntry[]
  readonly served: readonly Served[]
  readonly stored: readonly Stored[]
  readonly originals: readonly Original[]
  /** When each run began, in milliseconds since 1970. */
  readonly runs: ReadonlyMap<string, number>
}

/** The clocks of two processes of one machine differ by less. */
const SLACK_MS = 5
const instantOf = (at: string): number => Date.parse(at)

interface Folded { alive: boolean; seq: number; at: string; version: number; readonly remoteId: string; readonly model: string }

export function check(ledger: readonly Mutation[], families: readonly Family[], accounts: readonly AccountEvidence[]): Violation[] {
  const truth = truthOf(ledger)
  const found: Violation[] = []
  for (const evidence of accounts) {
    const { account, status, feed, followed, served, stored, originals, runs } = evidence
    const say = (kind: Kind, what: string): void => { found.push({ kind, what: `${account}: ${what}` }) }
    const revs = new Map(originals.map(({ record_id, version, rev }) => [`${record_id} ${version}`, rev]))

    // Nobody withdrew consent, so whoever must connect again must do so because of us.
    const { reuses = 0 } = families.find((family) => family.account === account) ?? {}
    if (reuses > 0) say('token reused', `a refresh token came again when what came of it had been seen; the vendor has ended the consent`)
    const isConnected = reuses === 0 && status === 'COMPLETE'
    if (!isConnected) say('consent lost', `the account is ${status}`)

    // The feed: dense, on a rising clock, the same for whoever followed it.
    for (const [at, { seq }] of feed.entries()) {
      const before = feed[at - 1]?.seq ?? 0
      if (seq > before + 1) say('gap', `entry ${before + 1} is missing before ${seq}`)
      if (seq <= before) say('doubled', `entry ${seq} comes after ${before}`)
      if (at > 0 && feed[at]!.at <= feed[at - 1]!.at) say('backwards', `entry ${seq} is of ${feed[at]!.at}, and the one before of ${feed[at - 1]!.at}`)
    }
    for (const [at, entry] of followed.entries()) {
      if (JSON.stringify(entry) !== JSON.stringify(feed[at])) { say('disagreement', `who followed the feed read as entry ${at + 1} ${JSON.stringify(entry)}, and now it says ${JSON.stringify(feed[at])}`); break }
    }
    if (followed.length > 0 && followed.length < feed.length) say('gap', `who followed the feed to its head has ${followed.length} of ${feed.length} entries`)

    // Folded: each entry fits what came before it, and the vendor's ledger.
    const folded = new Map<string, Folded>()
    for (const entry of feed) {
      const key = keyOf(account, entry.model, entry.remote_id)
      const name = `${key}, entry ${entry.seq} (${entry.what})`
      const record = folded.get(entry.record_id)
      const version = entry.raw_version ?? 0
      if (record === undefined) {
        if (entry.what !== 'created') say('lost', `${name}: nobody said that it was created`)
      } else {
        if (entry.what === 'created') say('doubled', `${name}: it was created before`)
        if (entry.what === 'deleted' && !record.alive) say('doubled', `${name}: it was deleted before`)
        if (entry.what === 'restored' && record.alive) say('doubled', `${name}: it was not deleted`)
        if (entry.what === 'updated' && !record.alive) say('lost', `${name}: nobody said that it came back`)
        if (entry.what !== 'deleted' && version === record.version) say('doubled', `${name}: version ${version} was told before`)
        if (version < record.version) say('backwards', `${name}: version ${version} after ${record.version}`)
      }
      const at = instantOf(entry.at)
      if (entry.what === 'deleted') {
        if (!truth.wasGone(key, (runs.get(entry.run_id ?? '') ?? at) - SLACK_MS, at + SLACK_MS)) say('falsely deleted', `${name}: the vendor had it all the time`)
      } else {
        const rev = revs.get(`${entry.record_id} ${version}`)
        const born = rev === undefined ? undefined : truth.bornAt(key, rev)
        if (rev === undefined) say('lost', `${name}: there is no original of version ${version}`)
        else if (born === undefined || born > at + SLACK_MS) say('invented', `${name}: the vendor had no revision ${rev} then`)
      }
      folded.set(entry.record_id, { alive: entry.what !== 'deleted', seq: entry.seq, at: entry.at, version, remoteId: entry.remote_id, model: entry.model })
    }

    // Originals: every version is there, and none is older than the one before it.
    for (const [record, versions] of Map.groupBy(originals, ({ record_id }) => record_id)) {
      const sorted = versions.toSorted((a, b) => a.version - b.version)
      for (const [at, { version, rev }] of sorted.entries()) {
        if (version !== at + 1) { say('lost', `${record}: original ${at + 1} is missing`); break }
        const before = sorted[at - 1]?.rev ?? 0
        if (rev < before) say('backwards', `${record}: revision ${rev} was written over ${before}`)
        if (rev === before) say('doubled', `${record}: revision ${rev} was written twice`)
      }
    }

    // The tables are what the feed says, and the API serves the tables.
    const rows = new Map(stored.map((row) => [row.id, row]))
    for (const row of stored) {
      const record = folded.get(row.id)
      if (record === undefined) say('gap', `${row.model} ${row.remote_id} is stored, and the feed never told of it`)
      else if (record.alive === row.deleted || record.seq !== row.seq) say('disagreement', `${row.model} ${row.remote_id} is ${row.deleted ? 'deleted' : 'alive'} at ${row.seq}; the feed says ${record.alive ? 'alive' : 'deleted'} at ${record.seq}`)
    }
    for (const [id, record] of folded) if (!rows.has(id)) say('lost', `${record.model} ${record.remoteId} was told of, and is not stored`)

    // What is served is what the vendor has now; where nothing can be read any more, that has been said.
    if (!isConnected) continue
    const seen = new Set<string>()
    for (const record of served) {
      const key = keyOf(account, record.model, record.remote_id)
      if (seen.has(key)) say('doubled', `${key} is served twice`)
      seen.add(key)
      const row = rows.get(record.id)
      if (row === undefined || row.deleted !== record.deleted) say('disagreement', `${key} is served ${record.deleted ? 'deleted' : 'alive'}, and stored otherwise`)
      if (folded.get(record.id)?.at !== record.modified_at) say('disagreement', `${key} is of ${record.modified_at}; the feed says ${folded.get(record.id)?.at}`)
      const rev = truth.living.get(key)
      const own = Number(/ rev (\d+)$/.exec(record.name)?.[1])
      if (truth.bornAt(key, own) === undefined) say('invented', `${key} is served as ${JSON.stringify(record.name)}`)
      else if (rev === undefined && !record.deleted) say('lost', `${key}: its deletion`)
      else if (rev !== undefined && record.deleted) say('falsely deleted', `${key}: the vendor has it`)
      else if (rev !== undefined && own !== rev) say('lost', `${key}: the vendor has revision ${rev}, we ${own}`)
    }
    for (const key of truth.living.keys()) if (key.startsWith(`${account} `) && !seen.has(key)) say('lost', `${key} is not served`)
  }
  return found
}

export const countsOf = (violations: readonly Violation[]): Readonly<Record<Kind, number>> => Object.fromEntries(KINDS.map((kind) => [kind, violations.filter((violation) => violation.kind === kind).length])) as Record<Kind, number>
