import { randomBytes } from 'node:crypto'

export interface Pair { readonly accessToken: string; readonly refreshToken: string; readonly lifeSeconds: number }
/** What the vendor knows of the tokens of one account. */
export interface Family {
  readonly account: string
  /** Pairs that took the place of another, and of these the ones that were asked for again because no answer came. */
  readonly refreshes: number
  readonly repeats: number
  /** Refresh tokens that came again when what came of them had been seen: the whole family ends. */
  readonly reuses: number
}

export interface TokenHouse {
  readonly consent: (account: string) => Pair
  /** Whose access token this is; null: nobody's, or it holds no longer. */
  readonly bearer: (accessToken: string) => string | null
  /** The next pair; null: this refresh token is not good. */
  readonly renew: (refreshToken: string) => Pair | null
  /** The account's access token ends before its time. */
  readonly end: (account: string) => void
  readonly families: () => Family[]
}

type Known = { -readonly [K in keyof Family]: Family[K] }
interface Issued extends Pair { readonly until: number; shown: boolean; readonly from: string | null }

/**
 * Tokens as a strict vendor has them: each refresh token is good once. Only as long as nobody has shown anything of what came of it, it may come again,
 * because the answer may have been lost; that pair is then no longer good.
 */
export function openTokens(now: () => number = Date.now): TokenHouse {
  const families = new Map<string, Known>()
  const current = new Map<string, Issued>()
  const owners = new Map<string, string>()
  /** Access tokens that hold, by the time they end. The one before the current one holds as long as it was said to. */
  const good = new Map<string, number>()
  const secret = (kind: string): string => `${kind}-${randomBytes(12).toString('hex')}`

  function issue(account: string, from: string | null): Pair {
    const lifeSeconds = 8 + Math.floor(Math.random() * 6)
    const issued: Issued = { accessToken: secret('access'), refreshToken: secret('refresh'), lifeSeconds, until: now() + lifeSeconds * 1000, shown: false, from }
    for (const token of [issued.accessToken, issued.refreshToken]) owners.set(token, account)
    good.set(issued.accessToken, issued.until)
    current.set(account, issued)
    const { accessToken, refreshToken } = issued
    return { accessToken, refreshToken, lifeSeconds }
  }

  return {
    consent(account) {
      families.set(account, { account, refreshes: 0, repeats: 0, reuses: 0 })
      return issue(account, null)
    },
    bearer(accessToken) {
      const account = owners.get(accessToken)
      if (account === undefined || families.get(account)!.reuses > 0 || (good.get(accessToken) ?? 0) < now()) return null
      const latest = current.get(account)!
      if (latest.accessToken === accessToken) latest.shown = true
      return account
    },
    renew(refreshToken) {
      const account = owners.get(refreshToken)
      const family = account === undefined ? undefined : families.get(account)
      if (account === undefined || family === undefined || family.reuses > 0) return null
      const latest = current.get(account)!
      if (latest.refreshToken === refreshToken) {
        family.refreshes++
        return issue(account, refreshToken)
      }
      if (latest.from === refreshToken && !latest.shown) {
        family.repeats++
        good.delete(latest.accessToken)
        return issue(account, refreshToken)
      }
      family.reuses++
      return null
    },
    end(account) { good.delete(current.get(account)?.accessToken ?? '') },
    families: () => [...families.values()],
  }
}
