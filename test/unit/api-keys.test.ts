import { describe, expect, test } from 'vitest'
import { ACCOUNT_TOKEN, API_KEY, hashSecret, mintToken, parseToken, secretMatches, tokenPattern } from '#src/organizations/tokens'
import { countFailures } from '#src/http/failures'

describe('keys and tokens', () => {
  test('T13 a key has the shape that is published for secret scanners, and the pattern finds it in text', () => {
    for (const prefix of [API_KEY, ACCOUNT_TOKEN] as const) {
      const { token } = mintToken(prefix)
      expect(token).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{22}_[0-9A-Za-z]{49}$`))
      expect(tokenPattern.exec(`config = "${token}", // do not commit`)?.[0]).toBe(token)
    }
    expect(tokenPattern.test('im_live_short_secret')).toBe(false)
  })

  test('T13 a key with any one letter changed fails its checksum without a look-up', () => {
    const { token } = mintToken(API_KEY)
    for (let n = 0; n < token.length; n += 1) {
      for (const letter of 'aZ09_') if (letter !== token[n]) expect(parseToken(API_KEY, token.slice(0, n) + letter + token.slice(n + 1))).toBeNull()
    }
    for (const bent of ['', API_KEY, token.slice(1), `${token} `, token.slice(0, -1), `${token}0`]) expect(parseToken(API_KEY, bent)).toBeNull()
  })

  test('a key is no account token, and the other way round', () => {
    expect(parseToken(ACCOUNT_TOKEN, mintToken(API_KEY).token)).toBeNull()
    expect(parseToken(API_KEY, mintToken(ACCOUNT_TOKEN).token)).toBeNull()
  })

  test('T12 secrets hold 256 bits and no letter is favoured', () => {
    expect(43 * Math.log2(62)).toBeGreaterThanOrEqual(256)
    const counts = new Map<string, number>()
    const tokens = Array.from({ length: 2_000 }, () => parseToken(API_KEY, mintToken(API_KEY).token)!.secret)
    for (const letter of tokens.join('')) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    expect(counts.size).toBe(62)
    const mean = tokens.length * 43 / 62
    // Reading bytes modulo 62 would favour eight letters by a quarter.
    for (const count of counts.values()) expect(Math.abs(count - mean) / mean).toBeLessThan(0.18)
    expect(new Set(tokens).size).toBe(tokens.length)
  })

  test('T14 what is stored is the digest of the secret, and the digest does not open anything', () => {
    const { token, secretHash } = mintToken(API_KEY)
    const { secret } = parseToken(API_KEY, token)!
    expect(secretHash).toEqual(hashSecret(secret))
    expect(secretMatches(secret, secretHash)).toBe(true)
    expect(secretMatches(secretHash.toString('hex'), secretHash)).toBe(false)
    expect(secretMatches(secretHash.toString('base64'), secretHash)).toBe(false)
    expect(secretMatches(secret, Buffer.alloc(0))).toBe(false)
  })
})

describe('failed authentications', () => {
  test('T12 the twenty-first failure within ten seconds is told to wait, and the window moves on', () => {
    let now = 1_000_000
    const failures = countFailures({ limit: 20, windowMs: 10_000, now: () => now })
    for (let n = 0; n < 20; n += 1) { expect(failures.note('192.0.2.1')).toBeNull(); now += 100 }
    expect(failures.note('192.0.2.1')).toEqual(new Date(1_000_000 + 100 + 10_000))
    expect(failures.note('192.0.2.2')).toBeNull()
    now += 10_001
    expect(failures.note('192.0.2.1')).toBeNull()
  })

  test('T12 all addresses of one IPv6 network count as one', () => {
    const failures = countFailures({ limit: 2, now: () => 5 })
    expect([1, 2, 3].map((n) => failures.note(`2001:db8:1:2::${n}`) !== null)).toEqual([false, false, true])
    expect(failures.note('2001:db8:1:3::1')).toBeNull()
    expect(failures.note('::ffff:192.0.2.1')).toBeNull()
  })
})
