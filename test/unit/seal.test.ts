import { randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ConfigError, readConfig } from '#src/config'
import { openPool } from '#src/db/client'
import { localKms, nonce, openVault } from '#src/db/seal'

const master = randomBytes(32)

test('T27 a million nonces are a million different ones, and what is wrapped begins with one', async () => {
  expect(new Set(Array.from({ length: 1_000_000 }, () => nonce().toString('latin1'))).size).toBe(1_000_000)
  const kms = localKms([master])
  const wrapped = await Promise.all(Array.from({ length: 2_000 }, () => kms.wrap(Buffer.of(1), 'x')))
  expect(new Set(wrapped.map((value) => value.toString('latin1', 0, 12))).size).toBe(2_000)
}, 120_000)

test('T28 a tag cut to four bytes is refused', async () => {
  const kms = localKms([master])
  const wrapped = await kms.wrap(Buffer.from('plain'), 'x')
  expect((await kms.unwrap(kms.current, wrapped, 'x')).toString()).toBe('plain')
  for (const kept of [4, 8, 12, 15]) await expect(kms.unwrap(kms.current, wrapped.subarray(0, wrapped.length - 16 + kept), 'x')).rejects.toThrow()
  for (const length of [0, 1, 12, 27]) await expect(kms.unwrap(kms.current, wrapped.subarray(0, length), 'x')).rejects.toThrow()
})

test('T28 every cipher in the house is made in one module, and says how long its tag is', () => {
  const uses = /create(?:C|Dec)ipheriv|subtle\.(?:en|de)crypt/
  expect(globSync('{src,providers,common-models}/**/*.ts').filter((file) => uses.test(readFileSync(file, 'utf8')))).toEqual(['src/db/seal.ts'])
  const calls = readFileSync('src/db/seal.ts', 'utf8').match(/create(?:C|Dec)ipheriv\('[^\n]*/g)!
  expect(calls.length).toBe(2)
  for (const call of calls) expect(call).toContain('{ authTagLength: TAG }')
})

test('T25 a wrapped key opens only under the name that it was wrapped with', async () => {
  const kms = localKms([master])
  const wrapped = await kms.wrap(Buffer.from('plain'), 'organisation a')
  await expect(kms.unwrap(kms.current, wrapped, 'organisation b')).rejects.toThrow()
})

test('T24 any changed bit is noticed', async () => {
  const kms = localKms([master])
  const wrapped = await kms.wrap(Buffer.from('plain'), 'x')
  for (let at = 0; at < wrapped.length; at += 1) {
    const changed = Buffer.from(wrapped)
    changed[at]! ^= 1
    await expect(kms.unwrap(kms.current, changed, 'x')).rejects.toThrow()
  }
})

test('of several keys the first wraps and all unwrap', async () => {
  const older = localKms([master])
  const wrapped = await older.wrap(Buffer.from('plain'), 'x')
  const both = localKms([randomBytes(32), master])
  expect(both.current).not.toBe(older.current)
  expect((await both.unwrap(older.current, wrapped, 'x')).toString()).toBe('plain')
  await expect(localKms([randomBytes(32)]).unwrap(older.current, wrapped, 'x')).rejects.toThrow(`encryption key ${older.current}`)
})

test('T29 production without an encryption key does not start', () => {
  expect(() => readConfig({ NODE_ENV: 'production', DATABASE_URL: 'postgres://x/y' })).toThrow(ConfigError)
  expect(() => readConfig({ NODE_ENV: 'production', DATABASE_URL: 'postgres://x/y' })).toThrow(/INTERMODAL_ENCRYPTION_KEY.*openssl rand -base64 32/)
  expect(() => localKms([])).toThrow('no encryption key')
})

test('T29 a key that is too short, no base64 or not random is refused', () => {
  for (const value of [randomBytes(16).toString('base64'), 'not base64 at all, not even a little!!!!!!!!', Buffer.alloc(32).toString('base64')]) {
    expect(() => readConfig({ NODE_ENV: 'production', INTERMODAL_ENCRYPTION_KEY: value })).toThrow(ConfigError)
  }
})

test('a database that is away is not taken for a credential that cannot be opened', async () => {
  const away = openPool({ connectionString: 'postgres://127.0.0.1:1/nothing' })
  const vault = openVault(away, localKms([master]))
  const scope = { organizationId: 'a', linkedAccountId: 'b', purpose: 'credential' }
  await expect(vault.seal(scope, Buffer.from('x'))).rejects.toMatchObject({ code: 'storage.unavailable' })
  await expect(vault.open(scope, Buffer.concat([Buffer.of(1), randomBytes(60)]))).rejects.toMatchObject({ code: 'storage.unavailable' })
})
