/** What the checker is shown: the public API's answers, and the tables. */
import { everything } from '../support/intermodal.ts'
import type { AccountEvidence, FeedEntry, Original, Served, Stored } from './checker.ts'
import type { Account, Place } from './place.ts'
import { LISTS } from './provider.ts'

const REV = / rev (\d+)$/

export async function evidenceOf({ postgres }: Place, { name, id, api, token }: Account, followed: readonly FeedEntry[]): Promise<AccountEvidence> {
  const served: Served[] = []
  const stored: Stored[] = []
  for (const { model, api: path } of LISTS) {
    const records = await everything(api, `/api/ticketing/v1/${path}?include_deleted_data=true`, token)
    served.push(...records.map((record) => ({ model, id: record['id'] as string, remote_id: record['remote_id'] as string, name: record['name'] as string, deleted: record['remote_was_deleted'] as boolean, modified_at: record['modified_at'] as string })))
    stored.push(...await postgres.ask<Stored>(`select $2::text as model, id, remote_id, seq::int, raw_version, remote_was_deleted as deleted from ${model.toLowerCase().replace('.', '_')} where linked_account_id = $1`, [id, model]))
  }
  const originals = await postgres.ask<{ model: string; record_id: string; version: number; payload: string }>('select model, record_id, version, payload from raw_payloads where linked_account_id = $1', [id])
  const runs = await postgres.ask<{ id: string; started_at: Date }>('select id, started_at from sync_runs where linked_account_id = $1', [id])
  const { status, status_detail: why } = await api.get<{ status: string; status_detail: string | null }>(`/api/v1/linked-accounts/${id}`)
  return {
    account: name, status: why === null ? status : `${status}: ${why}`, followed, served, stored,
    feed: await wholeFeed(api, token),
    originals: originals.map(({ model, record_id, version, payload }): Original => ({ model, record_id, version, rev: Number(REV.exec((JSON.parse(payload) as { name: string }).name)?.[1]) })),
    runs: new Map(runs.map((run) => [run.id, run.started_at.getTime()])),
  }
}

async function wholeFeed(api: Account['api'], token: string): Promise<FeedEntry[]> {
  const all: FeedEntry[] = []
  for (let after: string | null = null; ;) {
    const page: { next: string; has_more: boolean; results: FeedEntry[] } = await api.get(`/api/v1/changes?page_size=1000${after === null ? '' : `&after=${encodeURIComponent(after)}`}`, token)
    all.push(...page.results)
    after = page.next
    if (!page.has_more) return all
  }
}
