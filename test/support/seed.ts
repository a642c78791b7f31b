/** Rows as a sync would have left them, written straight into the tables. */
import { randomUUID } from 'node:crypto'
import { columnValue, filterColumns, manyValuedFilters, manyValues } from '#src/records/columns'
import { contentHash, recordId } from '#src/records/ids'
import { models, type CommonModel } from '#models'
import type { Database } from '#src/db/client'
import { createApiKey } from '#src/organizations/keys'
import { ACCOUNT_TOKEN, mintToken } from '#src/organizations/tokens'
import type { Scope } from '#src/http/caller'

export interface SeededAccount { readonly id: string; readonly organizationId: string; readonly token: string }
export interface SeededRecord { readonly id: string; readonly seq: number; readonly modifiedAt: string }
export type Fields = Readonly<Record<string, unknown>>

/** An organisation with an API key. */
export async function seedOrganization(database: Database, name: string, scopes?: readonly Scope[]): Promise<{ organizationId: string; apiKey: string; apiKeyId: string }> {
  const { apiKey, organizationId, id } = await createApiKey(database, { organizationName: name, name: 'test', ...(scopes !== undefined && { scopes }) })
  return { organizationId, apiKey, apiKeyId: id }
}

export async function seedAccount(database: Database, organizationId: string, category = 'ticketing'): Promise<SeededAccount> {
  const id = randomUUID()
  const { token, publicId, secretHash } = mintToken(ACCOUNT_TOKEN)
  await database.tenant(organizationId, async (client) => {
    await client.query(
      `insert into linked_accounts (id, organization_id, category, integration, end_user_origin_id, end_user_organization_name, end_user_email_address, status, setup, remote_identity, token_public_id, token_hash)
       values ($1, $2, $3, 'acme', $4, 'Acme', 'ops@acme.example', 'COMPLETE', '{}', 'me', $5, $6)`, [id, organizationId, category, `origin-${id}`, publicId, secretHash])
    await client.query('insert into feed_heads (linked_account_id, organization_id) values ($1, $2)', [id, organizationId])
  })
  return { id, organizationId, token }
}

/** The whole body of a model: given fields, and what an adapter leaves empty. */
const bodyOf = (model: CommonModel, fields: Fields): Record<string, unknown> =>
  Object.fromEntries(Object.entries(model.schema.properties).map(([field, schema]) => [field, fields[field] ?? (schema['type'] === 'array' ? [] : null)]))

/** Writes one record and its entry in the feed, on the account's clock. */
export async function seedRecord(database: Database, account: SeededAccount, modelId: keyof typeof models, remoteId: string, fields: Fields = {}, options: { deleted?: boolean; raw?: unknown; remoteFields?: unknown } = {}): Promise<SeededRecord> {
  const model: CommonModel = models[modelId]
  const id = recordId(account.id, model.id, remoteId)
  const body = JSON.stringify(bodyOf(model, fields))
  const columns = filterColumns(model)
  const values = columns.map((column) => columnValue(column, fields))
  return database.tenant(account.organizationId, async (client) => {
    const { rows: [head] } = await client.query<{ seq: number; modified_at: string }>(
      `update feed_heads set seq = seq + 1, modified_at = greatest(clock_timestamp(), modified_at + interval '1 microsecond') where linked_account_id = $1 returning seq, modified_at`, [account.id])
    const own = [account.id, account.organizationId, id, remoteId, head!.seq, head!.modified_at, options.deleted ?? false, body, options.remoteFields === undefined ? null : JSON.stringify(options.remoteFields), contentHash(body)]
    const { rows: [written] } = await client.query<{ inserted: boolean }>(
      `insert into ${model.table} (linked_account_id, organization_id, id, remote_id, seq, created_at, modified_at, remote_was_deleted, body, remote_fields, raw_hash, body_hash, raw_version${columns.map(({ column }) => `, ${column}`).join('')})
       values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $10, 1${columns.map((_, n) => `, $${n + 11}`).join('')})
       on conflict (linked_account_id, id) do update set seq = excluded.seq, modified_at = excluded.modified_at, body = excluded.body, remote_was_deleted = excluded.remote_was_deleted returning xmax = 0 as inserted`, [...own, ...values])
    await client.query('delete from record_values where linked_account_id = $1 and model = $2 and record_id = $3', [account.id, model.id, id])
    for (const field of manyValuedFilters(model)) {
      for (const value of manyValues(field, fields)) await client.query('insert into record_values (linked_account_id, organization_id, model, field, value, record_id) values ($1, $2, $3, $4, $5, $6)', [account.id, account.organizationId, model.id, field.field, value, id])
    }
    await client.query(
      `insert into changes (linked_account_id, seq, organization_id, model, record_id, remote_id, what, cause, fields, raw_version, at) values ($1, $2, $3, $4, $5, $6, $7, 'sync', $8, 1, $9)`,
      [account.id, head!.seq, account.organizationId, model.id, id, remoteId, options.deleted === true ? 'deleted' : written!.inserted ? 'created' : 'updated', written!.inserted ? null : Object.keys(fields), head!.modified_at])
    if (options.raw !== undefined) {
      await client.query(
        `insert into raw_payloads (linked_account_id, model, record_id, version, organization_id, run_id, page, ordinal, log_id, path, payload)
         values ($1, $2, $3, (select coalesce(max(version), 0) + 1 from raw_payloads where linked_account_id = $1 and model = $2 and record_id = $3), $4, $5, 0, 0, $5, '/rows', $6)`,
        [account.id, model.id, id, account.organizationId, randomUUID(), JSON.stringify(options.raw)])
    }
    return { id, seq: head!.seq, modifiedAt: head!.modified_at }
  })
}
