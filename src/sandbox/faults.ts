// oxlint-disable-next-line no-restricted-imports -- a type only
import type { ServerResponse } from 'node:http'

/** What goes wrong. Everything that vendors are known to do to their callers. */
export type FaultKind =
  /** Another status, with a JSON body. */
  | { readonly kind: 'status'; readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** 429, or another status, with `Retry-After`: seconds or an HTTP date. */
  | { readonly kind: 'retry_after'; readonly after: string; readonly status?: number }
  /** 200 with a page for people. */
  | { readonly kind: 'html' }
  /** 200 with no body at all. */
  | { readonly kind: 'empty' }
  /** 200 with something that begins like JSON and is none. */
  | { readonly kind: 'garbage_json' }
  /** 200 with JSON of another shape. */
  | { readonly kind: 'other_shape' }
  /** The right answer, with the connection gone half-way. */
  | { readonly kind: 'cut_short' }
  /** The right answer, a few bytes at a time. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number }
  /** The connection closes before a word is said. */
  | { readonly kind: 'drop' }
  /** The right answer, late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Silence. */
  | { readonly kind: 'hang' }
  /** The first answer of this path again, whatever place is asked for. */
  | { readonly kind: 'loop' }
  /** 200 with a JSON string of so many bytes. */
  | { readonly kind: 'huge'; readonly bytes: number }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }

/** A fault, and when it strikes: at the `at`th matching request from now (1, the next one, by default), `times` in a row. */
export type ScriptedFault = FaultKind & {
  /** Only requests whose `METHOD /path?query` matches. */
  readonly match?: RegExp
  readonly at?: number
  readonly times?: number
}

export interface FaultControl {
  readonly add: (...faults: readonly ScriptedFault[]) => void
  readonly clear: () => void
  /** How many of the scripted faults have not struck as often as they are to. */
  readonly pending: () => number
}

/** Decides which fault, if any, strikes a request. */
export function faultScript(initial: readonly ScriptedFault[] = []): FaultControl & { readonly strike: (line: string) => FaultKind | null } {
  let script: { fault: ScriptedFault; met: number }[] = []
  const last = (fault: ScriptedFault): number => (fault.at ?? 1) + (fault.times ?? 1) - 1
  const add = (...faults: readonly ScriptedFault[]): void => { script.push(...faults.map((fault) => ({ fault, met: 0 }))) }
  add(...initial)
  return {
    add,
    clear: () => { script = [] },
    pending: () => script.length,
    strike(line) {
      let struck: FaultKind | null = null
      for (const entry of script.filter(({ fault }) => fault.match === undefined || line.search(fault.match) !== -1)) {
        entry.met += 1
        if (entry.met >= (entry.fault.at ?? 1)) struck ??= entry.fault
      }
      script = script.filter(({ fault, met }) => met < last(fault))
      return struck
    },
  }
}

/** A finished answer, ready to be written or spoilt. */
export interface Reply { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }

const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply =>
  ({ status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: Buffer.from(JSON.stringify(body)) })
const withBody = (type: string, text: string): Reply => ({ status: 200, headers: { 'content-type': type }, body: Buffer.from(text) })

/** What a fault makes of the right answer, as far as it is a matter of content. */
export function spoil(fault: FaultKind | null, right: () => Reply, first: () => Reply): Reply {
  switch (fault?.kind) {
    case 'status': return json(fault.status, fault.body ?? { error: `sandbox fault ${fault.status}` }, fault.headers)
    case 'retry_after': return json(fault.status ?? 429, { error: 'slow down' }, { 'retry-after': fault.after })
    case 'html': return withBody('text/html; charset=utf-8', '<!DOCTYPE html><html><title>Sign in</title><body>Please sign in.</body></html>')
    case 'empty': return withBody('application/json', '')
    case 'garbage_json': return withBody('application/json', '{"items": [1, 2,')
    case 'other_shape': return json(200, { surprise: true })
    case 'huge': return withBody('application/json', `"${'x'.repeat(fault.bytes)}"`)
    case 'redirect': return { status: fault.status ?? 302, headers: { location: fault.to }, body: Buffer.alloc(0) }
    case 'loop': return first()
    default: return right()
  }
}

/** Write the reply, in the manner of the fault. */
export function deliver(response: ServerResponse, reply: Reply, fault: FaultKind | null): void {
  const { body } = reply
  const head = (): void => { response.writeHead(reply.status, { ...reply.headers, 'content-length': body.length }) }
  switch (fault?.kind) {
    case 'hang': return
    case 'drop': response.destroy(); return
    case 'cut_short':
      head()
      response.write(body.subarray(0, body.length >> 1), () => response.destroy())
      return
    case 'delay':
      setTimeout(() => { head(); response.end(body) }, fault.ms).unref()
      return
    case 'drip': {
      head()
      let sent = 0
      const timer = setInterval(() => {
        response.write(body.subarray(sent, sent + fault.bytes))
        sent += fault.bytes
        if (sent >= body.length) { clearInterval(timer); response.end() }
      }, fault.everyMs)
      response.on('close', () => clearInterval(timer))
      return
    }
    default:
      head()
      response.end(body)
  }
}
