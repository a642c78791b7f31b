import ky from 'ky'
import type { Counted } from '#kit'
import type { Egress, Hop } from '../egress/exchange.ts'
import type { FileLimits } from '../egress/file.ts'
import type { DoorAccount, DoorContext, RawRequest } from './door.ts'

/** A request as it leaves. `raw`: its answer is a caller's to judge. `repeatable`: twice is like once. `asked`: what the vendor's other budgets are counted by. `file`: its answer is handed on as it comes. */
export interface Outgoing extends Pick<RawRequest, 'method' | 'headers'> { readonly body: string | Buffer | null; readonly raw: boolean; readonly repeatable: boolean; readonly asked: Counted; readonly file?: FileLimits }

/** Of a file, neither its type nor its packing is ours to choose. */
const AS_IT_IS = { 'accept': '*/*', 'accept-encoding': 'identity' }

/**
 * Through ky, with its retries, timeout and errors off: it clamps Retry-After, and its timeout leaves the body out.
 * Its `fetch` is ours, which unpacks the Request and hands it to the guarded exchange.
 */
export async function sendThroughKy(egress: Egress, { provider }: DoorAccount, { signal }: DoorContext, { method, headers, body, file }: Outgoing, url: URL, own: Record<string, string>, onHop: (hop: Hop) => void): Promise<Hop> {
  let last: Hop | undefined
  await ky(url, {
    method, headers: { ...headers, ...own, ...(headers['accept'] !== undefined && { accept: headers['accept'] }), ...(file !== undefined && AS_IT_IS) }, retry: 0, timeout: false, throwHttpErrors: false, redirect: 'manual',
    // A Request refuses a body under GET, which some vendors ask for: there it goes around.
    ...(body === null || method === 'GET' ? {} : { body }),
    async fetch(input, init) {
      const request = new Request(input, init)
      last = await egress.exchange({
        provider: provider.slug, method: request.method, url: new URL(request.url), headers: request.headers, body, onHop,
        ...(signal === undefined ? {} : { signal }), ...(file === undefined ? {} : { file }),
      })
      // The body stays in the hop, complete and decoded; statuses that a Response cannot hold (999) stay there too.
      return new Response(null)
    },
  })
  return last!
}
