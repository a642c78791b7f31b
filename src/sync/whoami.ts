import { whoamiRequest } from '#kit'
import { Fault } from '../errors.ts'
import type { SliceWork } from './slice.ts'

type Asking = Pick<SliceWork, 'account' | 'send'>

/**
 * Where a vendor answers strangers too, a run asks who it is before it believes a list, and again before it deletes.
 * Gives the vendor's clock; where nothing is asked, ours.
 */
export async function assertWhoami(work: Asking): Promise<string> {
  return work.account.provider.whoami.ask === 'around_each_run' ? askWhoami(work) : new Date().toISOString()
}

/** Asks whose the credentials are, and takes nobody else for an answer. */
async function askWhoami({ account, send }: Asking): Promise<string> {
  const { whoami } = account.provider
  const response = await send(whoamiRequest(whoami))
  const identity = whoami.identity(response.body)
  if (identity === null) throw new Fault('upstream.unauthorized', { detail: 'The vendor no longer says whose credentials these are.', logId: response.logId, upstreamStatus: response.status })
  if (identity !== account.remoteIdentity) throw new Fault('account.identity_mismatch', { logId: response.logId, upstreamStatus: response.status })
  const date = Date.parse(response.headers.get('date') ?? '')
  return new Date(Number.isNaN(date) ? Date.now() : date).toISOString()
}

/** A list that is not there is no proof that the customer is gone: so often, over so long, and nothing known of the customer either. */
const CONFIRMATIONS = 3
const CONFIRMED_OVER_HOURS = 24

/** Some faults say less than they seem to. Where one comes again, who we are is asked, and that answer tells what is wrong. */
export async function askedAgain(work: SliceWork, fault: Fault): Promise<Fault> {
  const isPage = fault.code === 'upstream.not_json' && work.state.failures > 0
  const isMissing = fault.code === 'upstream.not_found' && await isLongMissing(work)
  if (!isPage && !isMissing) return fault
  try {
    await askWhoami(work)
    return fault
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    if (isMissing && error.code === 'upstream.not_found') return new Fault('account.gone', { ...error.facts, detail: 'For a day the vendor has known neither the list nor the account. What was read is kept.' }, error)
    // A page for people to sign in at, in place of JSON, is what some vendors say to credentials that are no longer good.
    return isPage && (error.remedy === 'relink' || error.code === 'account.identity_mismatch') ? error : fault
  }
}

/** Whether this would be the third failure of its kind in a row, and the first was a day ago. */
async function isLongMissing({ deps, lease }: SliceWork): Promise<boolean> {
  const [row] = await deps.database.tenantQuery<{ long: boolean }>(lease.organizationId, {
    text: `select count(*) >= $3 - 1 and min(started_at) <= now() - $4 * interval '1 hour' as long from sync_runs
           where linked_account_id = $1 and model = $2 and state = 'failed' and fault->>'code' = 'upstream.not_found'
             and started_at > coalesce((select max(s.started_at) from sync_runs s where s.linked_account_id = $1 and s.model = $2 and s.state = 'succeeded'), '-infinity')`,
    values: [lease.linkedAccountId, lease.model, CONFIRMATIONS, CONFIRMED_OVER_HOURS],
  })
  return row?.long ?? false
}
