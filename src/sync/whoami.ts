import { whoamiRequest } from '#kit'
import { Fault } from '../errors.ts'
import type { SliceWork } from './slice.ts'

/**
 * Where a vendor answers strangers too, a run asks who it is before it believes a list, and again before it deletes.
 * Gives the vendor's clock; where nothing is asked, ours.
 */
export async function assertWhoami({ account, send }: Pick<SliceWork, 'account' | 'send'>): Promise<string> {
  const { whoami } = account.provider
  if (whoami.ask !== 'around_each_run') return new Date().toISOString()
  const response = await send(whoamiRequest(whoami))
  const identity = whoami.identity(response.body)
  if (identity === null) throw new Fault('upstream.unauthorized', { detail: 'The vendor no longer says whose credentials these are.', logId: response.logId, upstreamStatus: response.status })
  if (identity !== account.remoteIdentity) throw new Fault('account.identity_mismatch', { logId: response.logId, upstreamStatus: response.status })
  const date = Date.parse(response.headers.get('date') ?? '')
  return new Date(Number.isNaN(date) ? Date.now() : date).toISOString()
}
