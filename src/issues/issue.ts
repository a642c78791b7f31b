import { uuid7 } from '../db/uuid7.ts'
import type { Client } from '../db/client.ts'
import { catalogue, type FaultCode } from '../errors.ts'

export interface Incident {
  readonly organizationId: string
  readonly linkedAccountId: string
  readonly model: string
  readonly code: FaultCode
  readonly detail: string
  readonly logId: string | null
}

/** A run has failed: open the issue, or count one more incident of it. One that was closed is open again. */
export async function openIssue(client: Client, { organizationId, linkedAccountId, model, code, detail, logId }: Incident): Promise<void> {
  await client.query(
    `insert into issues as i (linked_account_id, model, code, organization_id, id, status, description, details, log_id) values ($1, $2, $3, $4, $5, 'ONGOING', $6, $7, $8)
     on conflict (linked_account_id, model, code) do update set status = 'ONGOING', details = excluded.details, log_id = excluded.log_id, last_incident_at = now(), resolved_at = null,
       incidents = i.incidents + 1, first_incident_at = case when i.status = 'RESOLVED' then now() else i.first_incident_at end`,
    [linkedAccountId, model, code, organizationId, uuid7(Date.now()), catalogue[code].title, [detail], logId])
}

/** The model has been read to its end, or the account was linked anew (`model` null: all its models): nothing of it is wrong any more, except what is named. */
export async function resolveIssues(client: Client, linkedAccountId: string, model: string | null, standing: readonly FaultCode[] = []): Promise<void> {
  await client.query(
    `update issues set status = 'RESOLVED', resolved_at = now() where linked_account_id = $1 and ($2::text is null or model = $2) and status = 'ONGOING' and code <> all($3::text[])`, [linkedAccountId, model, [...standing]])
}

/** These are over, also without a run. */
export async function resolveIssuesOf(client: Client, linkedAccountId: string, model: string, codes: readonly FaultCode[]): Promise<void> {
  if (codes.length === 0) return
  await client.query(`update issues set status = 'RESOLVED', resolved_at = now() where linked_account_id = $1 and model = $2 and code = any($3::text[]) and status = 'ONGOING'`, [linkedAccountId, model, [...codes]])
}
