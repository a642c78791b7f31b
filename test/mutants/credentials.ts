import type { Mutant } from './mutant.ts'

const test = 'test/integration/consent.test.ts'
const keeper = 'src/upstream/keeper.ts'

/** Mistakes with the tokens of a consent, each of which ends in a customer who must connect again. */
export const credentialMutants: readonly Mutant[] = [
  { row: 'F23', what: 'a token whose time was over on its way ends the consent', test, file: 'src/upstream/client.ts', find: 'const MOST_RENEWALS = 3', replace: 'const MOST_RENEWALS = 1' },
  { row: 'F23', what: 'a token is used to its last moment', test, file: 'src/upstream/tokens.ts', find: 'Math.min(300, life / 10)', replace: 'Math.min(0, life)' },
  { row: 'F24', what: 'processes renew without the lock', test, file: 'src/upstream/token-rows.ts', find: `purpose = '\${TOKENS}' for update\``, replace: `purpose = '\${TOKENS}'\`` },
  { row: 'G10', what: 'a new token is used before it is kept', test, file: keeper, find: '      let after: Known\n', replace: `      if (outcome.kind === 'renewed') return { token: outcome.tokens.accessToken, until: Infinity, secrets: [] }\n      let after: Known\n` },
  { row: 'F25', what: 'a refresh is not announced', test: 'test/integration/consent-processes.test.ts', file: keeper, find: '      await database.tenantQuery(organizationId, intend(organizationId, id, hashOf(before.tokens.refreshToken!)))\n', replace: '' },
  { row: 'F25', what: 'a token overtakes itself: the next process hands it in while the first may still be on its way', test: 'test/integration/consent-processes.test.ts', file: keeper, find: 'if (age < ON_ITS_WAY_SECONDS) throw', replace: 'if (age < 0) throw' },
  { row: 'F25', what: 'a process that was stopped hands in what another has handed in since', test: 'test/unit/late-refresh.test.ts', file: 'src/upstream/refresh.ts', find: 'if (performance.now() > startBy) return', replace: 'if (performance.now() > Infinity) return' },
  { row: 'F26', what: 'a life of nothing is believed', test, file: 'src/provider-kit/oauth.ts', find: 'Number.isFinite(seconds) && seconds > 0 ? seconds : null', replace: 'expires === undefined ? null : seconds' },
  { row: 'F27', what: 'a consent is given up without reading the row again', test, file: keeper, find: 'if (current.epoch !== before.epoch || !isSame(current.tokens.accessToken, before.tokens.accessToken)) return', replace: 'if (current.epoch < 0) return' },
  { row: 'F27', what: 'a consent is given up at the first refusal', test, file: keeper, find: 'before.refused !== null && before.refused >= CONFIRM_SECONDS', replace: 'before.refused !== undefined' },
  { row: 'F28', what: 'what still holds is not used while the vendor does not renew it', test, file: keeper, find: '    if (shown) return held(known, Math.min(known.left, known.wait))\n', replace: '' },
  { row: 'F29', what: 'a new pair that cannot be stored at once is lost', test, file: keeper, find: 'if (performance.now() > giveUpAt) throw error', replace: 'if (performance.now() > 0) throw error' },
  { row: 'F30', what: 'a token that nobody uses dies', test, file: 'src/sync/keep-alive.ts', find: 'const SHARE = 0.45', replace: 'const SHARE = 1.45' },
  { row: 'F30', what: 'an organisation with many keeps all others waiting', test: 'test/integration/keep-alive.test.ts', file: 'src/sync/keep-alive.ts', find: 'order by nth, refreshed_at limit', replace: 'order by refreshed_at limit' },
  { row: 'F30', what: 'a vendor that does not answer takes all the time', test: 'test/integration/keep-alive.test.ts', file: 'src/sync/keep-alive.ts', find: 'const MOST_TROUBLES = 3', replace: 'const MOST_TROUBLES = 3_000' },
  { row: 'F32', what: 'a run goes on with the tokens of before a relink', test, file: 'src/accounts/link.ts', find: `    await client.query('update leases set epoch = epoch + 1, holder = null, heartbeat_at = null where linked_account_id = $1', [linkedAccountId])\n`, replace: '' },
]
