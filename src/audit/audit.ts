import type { ClientBase } from 'pg'
import { uuid7 } from '../db/uuid7.ts'

/** What is worth a line: the market's words where it has one, ours where not. */
export type AuditEvent =
  | 'CREATED_REMOTE_PRODUCTION_API_KEY' | 'REGENERATED_PRODUCTION_API_KEY' | 'CHANGED_SCOPES' | 'CHANGED_LINKED_ACCOUNT_COMMON_MODEL_OVERRIDE'
  | 'DELETED_LINKED_ACCOUNT' | 'FORCED_LINKED_ACCOUNT_RESYNC'
  | 'CREATED_READER' | 'DROPPED_READER'
  | 'PAUSED_SYNC' | 'RESUMED_SYNC' | 'CANCELLED_SYNC' | 'RESET_SYNC' | 'CHANGED_SYNC_SETTINGS'
  | 'LINKED_ACCOUNT' | 'RELINKED_ACCOUNT' | 'REGENERATED_ACCOUNT_TOKEN' | 'PASSTHROUGH_REQUEST' | 'PASSTHROUGH_REFUSED' | 'IGNORED_RECORD'
  | 'CONFIRMED_DELETIONS' | 'DISCARDED_DELETIONS' | 'UNDID_DELETIONS' | 'RETRIED_QUARANTINE'

/** Who asked, as the trail keeps it. */
export interface Actor { readonly apiKeyId: string; readonly ip: string }

export interface AuditEntry {
  readonly organizationId: string
  readonly event: AuditEvent
  /** One sentence, without personal data and without secrets. */
  readonly description: string
  readonly subject?: string
  /** Null: the system itself. */
  readonly actor: Actor | null
}

/** Note what is being done, in the transaction that does it: both happen or neither. */
export async function audit(client: Pick<ClientBase, 'query'>, { organizationId, event, description, subject, actor }: AuditEntry): Promise<void> {
  await client.query({
    name: 'audit',
    text: 'insert into audit_events (organization_id, id, event_type, description, subject, api_key_id, ip_address) values ($1, $2, $3, $4, $5, $6, $7)',
    values: [organizationId, uuid7(Date.now()), event, description, subject ?? null, actor?.apiKeyId ?? null, actor?.ip ?? ''],
  })
}

/** The actor behind a request. */
export const actorOf = ({ caller, ip }: { readonly caller: { readonly apiKeyId: string } | null; readonly ip: string }): Actor | null => (caller === null ? null : { apiKeyId: caller.apiKeyId, ip })
