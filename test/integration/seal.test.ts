import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkKey, localKms, openVault, type SealScope } from '#src/db/seal'
import { testDatabase, type TestDatabase } from '../support/db.ts'

let db: TestDatabase
beforeAll(async () => { db = await testDatabase() })
afterAll(async () => { await db.drop() })

const master = randomBytes(32)
const scopeOf = (organizationId: string = randomUUID()): SealScope => ({ organizationId, linkedAccountId: randomUUID(), purpose: 'credential' })
const keysOf = async (organizationId: string): Promise<{ id: string; living: boolean }[]> =>
  (await db.database.system.query<{ id: string; living: boolean }>('select id, retired_at is null as living from data_keys where organization_id = $1 order by created_at', [organizationId])).rows

test('what is sealed opens again, in another process too, and never looks the same twice', async () => {
  const scope = scopeOf()
  const vault = openVault(db.database.system, localKms([master]))
  const [one, two] = [await vault.seal(scope, Buffer.from('secret')), await vault.seal(scope, Buffer.from('secret'))]
  expect(one.equals(two)).toBe(false)
  const other = openVault(db.database.system, localKms([master]))
  expect((await other.open(scope, one)).toString()).toBe('secret')
  expect((await other.open(scope, await vault.seal(scope, Buffer.alloc(0)))).length).toBe(0)
})

test('T25 a sealed value moved to another organisation, account or purpose does not open', async () => {
  const vault = openVault(db.database.system, localKms([master]))
  const scope = scopeOf()
  const sealed = await vault.seal(scope, Buffer.from('secret'))
  const elsewhere = [{ ...scope, organizationId: randomUUID() }, { ...scope, linkedAccountId: randomUUID() }, { ...scope, purpose: 'log' }]
  // The other organisation has a key of its own, as it would have.
  for (const moved of elsewhere) await vault.seal(moved, Buffer.from('other'))
  for (const moved of elsewhere) await expect(vault.open(moved, sealed)).rejects.toMatchObject({ code: 'account.credential_unreadable' })
  expect((await vault.open(scope, sealed)).toString()).toBe('secret')
})

test('T25 a data key moved to another organisation does not open', async () => {
  const vault = openVault(db.database.system, localKms([master]))
  const [a, b] = [scopeOf(), scopeOf()]
  const sealed = await vault.seal(a, Buffer.from('secret'))
  await db.database.system.query('update data_keys set organization_id = $2 where organization_id = $1', [a.organizationId, b.organizationId])
  await expect(openVault(db.database.system, localKms([master])).open({ ...a, organizationId: b.organizationId }, sealed)).rejects.toMatchObject({ code: 'account.credential_unreadable' })
})

test('T27 a key that has sealed its share gives way to a new one, and still opens', async () => {
  const vault = openVault(db.database.system, localKms([master]), { sealsPerKey: 5, keyDays: 7 })
  const scope = scopeOf()
  const sealed = await Promise.all(Array.from({ length: 12 }, (_, at) => vault.seal(scope, Buffer.from(String(at)))))
  const used = sealed.map((value) => value.subarray(1, 17).toString('hex'))
  expect(new Set(used).size).toBe(3)
  for (const id of new Set(used)) expect(used.filter((other) => other === id).length).toBeLessThanOrEqual(5)
  expect((await keysOf(scope.organizationId)).map(({ living }) => living)).toEqual([false, false, true])
  expect((await Promise.all(sealed.map((value) => vault.open(scope, value)))).map(String)).toEqual(sealed.map((_, at) => String(at)))
})

test('T27 a key gives way when it is old, because each process counts only what it sealed itself', async () => {
  const scope = scopeOf()
  const kms = localKms([master])
  const sealed = await openVault(db.database.system, kms).seal(scope, Buffer.from('secret'))
  await db.database.system.query(`update data_keys set created_at = now() - interval '8 days' where organization_id = $1`, [scope.organizationId])
  const later = openVault(db.database.system, kms)
  const again = await later.seal(scope, Buffer.from('secret'))
  expect(again.subarray(1, 17).equals(sealed.subarray(1, 17))).toBe(false)
  expect((await later.open(scope, sealed)).toString()).toBe('secret')
})

test('several processes that need an organisation\'s first key make one', async () => {
  const scope = scopeOf()
  const sealed = await Promise.all(Array.from({ length: 8 }, () => openVault(db.database.system, localKms([master])).seal(scope, Buffer.from('x'))))
  expect((await keysOf(scope.organizationId)).length).toBe(1)
  const last = openVault(db.database.system, localKms([master]))
  for (const value of sealed) expect((await last.open(scope, value)).toString()).toBe('x')
})

test('T28 a sealed value that lost part of its tag does not open', async () => {
  const vault = openVault(db.database.system, localKms([master]))
  const scope = scopeOf()
  const sealed = await vault.seal(scope, Buffer.from('secret'))
  for (const length of [sealed.length - 12, sealed.length - 1, 40, 17, 16, 1, 0]) await expect(vault.open(scope, sealed.subarray(0, length))).rejects.toMatchObject({ code: 'account.credential_unreadable' })
})

/** Everything in the database as a dump has it, in lower case. */
async function dump(): Promise<string> {
  const { rows: tables } = await db.database.system.query<{ name: string }>(`select quote_ident(relname) as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`)
  const parts = await Promise.all(tables.map(async ({ name }) => (await db.database.system.query<{ line: string }>(`select t::text as line from ${name} t`)).rows.map(({ line }) => line).join('\n')))
  return parts.join('\n').toLowerCase()
}
const hex = (text: string | Buffer): string => Buffer.from(text as string).toString('hex')
/** A secret as it might lie about: raw, hex, URL-encoded, base64 at each of the three alignments; and each of these in a bytea, which a dump has in hex. */
const forms = (secret: Buffer): string[] => [
  secret.toString(), hex(secret), encodeURIComponent(secret.toString()),
  ...[0, 1, 2].map((shift) => Buffer.concat([Buffer.alloc(shift), secret]).toString('base64').slice(shift === 0 ? 0 : 4, -4)),
].flatMap((form) => [form.toLowerCase(), hex(form)])

test('T24 a stolen dump without the key has no secret in it, in any encoding', async () => {
  const vault = openVault(db.database.system, localKms([master]))
  const scope = scopeOf()
  const secret = `canary+${randomBytes(12).toString('hex')}/=token`
  const store = (purpose: string, value: Buffer) => db.database.system.query('insert into credentials (linked_account_id, purpose, organization_id, sealed) values ($1, $2, $3, $4)', [scope.linkedAccountId, purpose, scope.organizationId, value])
  await store('credential', await vault.seal(scope, Buffer.from(JSON.stringify({ api_key: secret }))))
  const stolen = await dump()
  expect(stolen).toContain(scope.linkedAccountId)
  for (const form of [...forms(Buffer.from(secret)), ...forms(master).slice(2)]) expect(stolen).not.toContain(form)
  // The search does find what is there.
  for (const [at, careless] of [secret, hex(secret), encodeURIComponent(secret), `x${Buffer.from(`y${secret}`).toString('base64')}`].entries()) {
    const before = await dump()
    await store(`careless ${at}`, Buffer.from(careless))
    const after = await dump()
    expect(forms(Buffer.from(secret)).some((form) => after.includes(form) && !before.includes(form))).toBe(true)
    await db.database.system.query('delete from credentials where purpose = $1', [`careless ${at}`])
  }
})

test('T29 a wrong key is refused before anything is written', async () => {
  const fresh = await testDatabase({ poolSize: 2 })
  try {
    const pool = fresh.database.system
    const [right, wrong] = [localKms([master]), localKms([randomBytes(32)])]
    const canaries = async (): Promise<string[]> => (await pool.query<{ wrapped_by: string }>('select wrapped_by from key_canary order by wrapped_by')).rows.map((row) => row.wrapped_by)
    await checkKey(pool, right)
    await checkKey(pool, right)
    expect(await canaries()).toEqual([right.current])
    await expect(checkKey(pool, wrong)).rejects.toThrow(`sealed with encryption key ${right.current}`)
    expect(await canaries()).toEqual([right.current])
    await pool.query(`update key_canary set sealed = decode('00', 'hex') || sealed`)
    await expect(checkKey(pool, right)).rejects.toThrow('Nothing was written')
  } finally {
    await fresh.drop()
  }
})

test('T29 once a newer key seals, starting with the old one alone is refused', async () => {
  const fresh = await testDatabase({ poolSize: 2 })
  try {
    const newer = randomBytes(32)
    await checkKey(fresh.database.system, localKms([master]))
    await checkKey(fresh.database.system, localKms([newer, master]))
    await expect(checkKey(fresh.database.system, localKms([master]))).rejects.toThrow('Nothing was written')
    await expect(checkKey(fresh.database.system, localKms([newer]))).rejects.toThrow('Nothing was written')
    await checkKey(fresh.database.system, localKms([master, newer]))
  } finally {
    await fresh.drop()
  }
})

test('T29 of two processes that start with different keys on an empty database one is refused', async () => {
  const fresh = await testDatabase({ poolSize: 4 })
  try {
    const outcomes = await Promise.allSettled([localKms([randomBytes(32)]), localKms([randomBytes(32)])].map((kms) => checkKey(fresh.database.system, kms)))
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  } finally {
    await fresh.drop()
  }
})
