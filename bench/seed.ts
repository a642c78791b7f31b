/** Accounts full of records, written by the owner of the tables in one statement: what is measured is reading. */
import { createHash } from 'node:crypto'
import { Client } from 'pg'
import { fieldShape, type CommonModel } from '#models'
import type { TSchema } from '@sinclair/typebox'
import { openDatabase } from '../src/db/client.ts'
import { createApiKey } from '../src/organizations/keys.ts'
import { ACCOUNT_TOKEN, mintToken } from '../src/organizations/tokens.ts'

export const ACCOUNTS = 50
/** Syncs of many accounts run at once, so their pages lie in turn on the disk. */
const PAGE = 200
/** Record n of an account was last changed this many milliseconds after the beginning. */
export const CLOCK_START = Date.UTC(2026, 0, 1)

const md5 = (text: string): string => {
  const hex = createHash('md5').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
/** Ids as scattered as the product's own, and known on both sides without asking. */
export const accountId = (account: number): string => md5(`account ${account}`)
export const recordId = (account: number, n: number): string => md5(`${account} ${n}`)
export const clockOf = (n: number): string => new Date(CLOCK_START + n).toISOString()

/** A record with every field filled, as long as real ones are. */
export function filled(model: CommonModel, n: number): Record<string, unknown> {
  const valueOf = (name: string, schema: TSchema): unknown => {
    const { relation, instant, words, nested, many } = fieldShape(schema)
    const variant = [schema, ...((schema['anyOf'] as TSchema[] | undefined) ?? [])].find(({ type }) => type !== undefined && type !== 'null')!
    const one = relation !== null ? recordId(n, name.length) : instant ? clockOf(n * 86_400_000)
      : words !== null ? words[n % words.length]!
        : nested !== null ? Object.fromEntries(Object.entries(nested.properties).map(([inner, below]) => [inner, valueOf(inner, below)]))
          : variant['type'] === 'integer' || variant['type'] === 'number' ? n
            : variant['type'] === 'boolean' ? n % 2 === 0
              : variant['type'] === 'object' ? {} : variant['format'] === 'email' ? `${name}.${n}@people.example` : variant['format'] === 'uri' ? `https://people.example/${name}/${n}` : `${name.replaceAll('_', ' ')} of number ${n}`
    return many ? [one] : one
  }
  return Object.fromEntries(Object.entries(model.schema.properties).map(([name, schema]) => [name, valueOf(name, schema)]))
}

export interface Seeded { readonly apiKey: string; readonly tokens: readonly string[]; readonly perAccount: number; readonly bodyBytes: number }

/** Fills a migrated, empty database with `records` of one model over 50 accounts. */
export async function seed(url: string, model: CommonModel, records: number): Promise<Seeded> {
  const perAccount = Math.ceil(records / ACCOUNTS)
  const database = openDatabase({ url, poolSize: 1 })
  const { apiKey, organizationId } = await createApiKey(database, { organizationName: 'Bench', name: 'bench' })
  await database.close()
  const tokens = Array.from({ length: ACCOUNTS }, () => mintToken(ACCOUNT_TOKEN))
  const bodies = Array.from({ length: PAGE }, (_, n) => JSON.stringify(filled(model, n)))
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const accounts = tokens.map((_, account) => accountId(account))
    await client.query(
      `insert into linked_accounts (id, organization_id, category, integration, end_user_origin_id, end_user_organization_name, end_user_email_address, status, setup, remote_identity, token_public_id, token_hash)
       select n.id, $1, $2, 'bench', n.id::text, 'Bench', 'bench@example.test', 'COMPLETE', '{}', 'me', n.public, n.hash from unnest($3::uuid[], $4::text[], $5::bytea[]) n(id, public, hash)`,
      [organizationId, model.category, accounts, tokens.map(({ publicId }) => publicId), tokens.map(({ secretHash }) => secretHash)])
    await client.query('insert into feed_heads (linked_account_id, organization_id, seq, modified_at) select id, $1, $2, $3 from unnest($4::uuid[]) id', [organizationId, perAccount, clockOf(perAccount), accounts])
    await client.query('create temp table bodies as select n - 1 as part, body from unnest($1::text[]) with ordinality b(body, n)', [bodies])
    await client.query(
      `insert into ${model.table} (linked_account_id, organization_id, id, remote_id, seq, created_at, modified_at, body, raw_hash, body_hash, raw_version)
       select md5('account ' || a)::uuid, $1, md5(a || ' ' || i)::uuid, i::text, i, at, at, b.body, md5(a || ' ' || i)::uuid, md5(i::text)::uuid, 1
       from generate_series(1, $2::int) i cross join generate_series(0, ${ACCOUNTS - 1}) a cross join lateral (select $3::timestamptz + i * interval '1 millisecond' as at) clock
       join bodies b on b.part = i % ${PAGE} order by i / ${PAGE}, a, clock.at`,
      [organizationId, perAccount, new Date(CLOCK_START).toISOString()])
    await client.query(`vacuum (analyze) ${model.table}`)
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
  return { apiKey, tokens: tokens.map(({ token }) => token), perAccount, bodyBytes: Math.round(bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0) / bodies.length) }
}
