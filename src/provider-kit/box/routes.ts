/** Parts that the boxes of many vendors are made of. */
import { hash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { HttpMethod, SandboxAnswer, SandboxRequest, SandboxRoute } from './vendor.ts'

type Answering<World> = (request: SandboxRequest, world: World) => SandboxAnswer

export const ok = (body: unknown, headers: Readonly<Record<string, string>> = {}): SandboxAnswer => ({ status: 200, body, headers })
export const route = <World>(method: HttpMethod, path: string, answer: Answering<World>): SandboxRoute<World> => ({ method, path, answer })

/** Routes that only answer those whom `refuse` lets through; null is: come in. */
export const guarded = <World>(refuse: (request: SandboxRequest, world: World) => SandboxAnswer | null, routes: readonly SandboxRoute<World>[]): SandboxRoute<World>[] =>
  routes.map((inner) => ({ ...inner, answer: (request, world) => refuse(request, world) ?? inner.answer(request, world) }))

/** A part of a list, by place: `next` is the place behind it, or null. */
export function partOf<T>(rows: readonly T[], from: number, limit: number): { readonly part: readonly T[]; readonly next: number | null } {
  const start = Number.isInteger(from) && from > 0 ? from : 0
  return { part: rows.slice(start, start + limit), next: start + limit < rows.length ? start + limit : null }
}

/** A number of a query, a default where there is none, never more than the vendor's most. */
export const numberOf = (text: string | null | undefined, otherwise: number, most = Infinity): number => {
  const n = Number.parseInt(text ?? '', 10)
  return Math.min(most, Number.isNaN(n) || n < 0 ? otherwise : n)
}

/** A place in a list as the opaque words that vendors make of it. */
export const placeWord = (place: number | null): string | null => (place === null ? null : Buffer.from(`at:${place}`).toString('base64url'))
export const placeOf = (word: string | null | undefined): number => Number(/^at:(\d+)$/.exec(Buffer.from(word ?? '', 'base64url').toString())?.[1] ?? 0)

/** Hands out tokens that end. */
export interface TokenDesk {
  readonly issue: (seconds: number) => string
  readonly isGood: (token: string | null | undefined) => boolean
  /** As when somebody signs out everywhere. */
  readonly endAll: () => void
}
export function tokenDesk(now: () => number = Date.now): TokenDesk {
  const until = new Map<string, number>()
  return {
    issue(seconds) {
      const token = `box-${randomBytes(18).toString('hex')}`
      until.set(token, now() + seconds * 1000)
      return token
    },
    isGood: (token) => (until.get(token ?? '') ?? 0) > now(),
    endAll: () => until.clear(),
  }
}

/** What stands behind `Bearer`, or another word. */
export const tokenOf = ({ headers }: SandboxRequest, scheme = 'Bearer'): string | null => {
  const [word, token] = (headers.get('authorization') ?? '').split(/\s+/, 2)
  return word?.toLowerCase() === scheme.toLowerCase() && token !== undefined ? token : null
}

/** The two parts of basic authentication. */
export function basicOf(request: SandboxRequest): readonly [user: string, password: string] | null {
  const text = Buffer.from(tokenOf(request, 'Basic') ?? '', 'base64').toString()
  const colon = text.indexOf(':')
  return colon === -1 ? null : [text.slice(0, colon), text.slice(colon + 1)]
}

/** A form that came as the body. */
export const formOf = ({ body }: SandboxRequest): URLSearchParams => new URLSearchParams(typeof body === 'string' ? body : '')

/** The file in a form that holds one; null: there is none. */
export function fileIn({ body, headers }: SandboxRequest): { readonly part: string; readonly name: string; readonly type: string; readonly bytes: Buffer } | null {
  const boundary = /^multipart\/form-data; boundary="?([^";]+)/i.exec(headers.get('content-type') ?? '')?.[1]
  if (boundary === undefined || !Buffer.isBuffer(body)) return null
  const [from, to] = [body.indexOf('\r\n\r\n'), body.lastIndexOf(`\r\n--${boundary}--`)]
  const [, part, name, type] = /name="([^"]*)"; filename="([^"]*)"\r\ncontent-type: ([^\r]+)/i.exec(body.subarray(0, Math.max(0, from)).toString('utf8')) ?? []
  return part === undefined || to < from ? null : { part, name: name!, type: type!, bytes: body.subarray(from + 4, to) }
}

/** The bytes of a file in a box: the same for the same words, of a few hundred lengths, and nothing that a text could be. */
export const inventFile = (words: string): Buffer => {
  const seed = hash('sha256', words, 'buffer')
  return Buffer.concat([Buffer.from([0x00, 0xff, 0x0d, 0x0a]), ...Array.from({ length: 8 + seed[0]! }, (_, n) => hash('sha256', Buffer.concat([seed, Buffer.from([n])]), 'buffer'))])
}

type Call<World> = (params: readonly unknown[], request: SandboxRequest, world: World) => { readonly result: unknown } | { readonly error: unknown }

/** Remote procedures by name. */
export const jsonRpcRoute = <World>(path: string, calls: Readonly<Record<string, Call<World>>>, unknownMethod: unknown): SandboxRoute<World> => route('POST', path, (request, world) => {
  const { id = null, method, params = [] } = (request.body ?? {}) as { id?: unknown; method?: string; params?: unknown[] }
  const call = method !== undefined && Object.hasOwn(calls, method) ? calls[method] : undefined
  return ok({ id, ...(call === undefined ? { error: unknownMethod } : call(params, request, world)) })
})

type Resolve<World> = (variables: Readonly<Record<string, unknown>>, request: SandboxRequest, world: World) => unknown

/** GraphQL by the name of the operation: the document is the adapter's own, and held against the vendor's schema elsewhere. */
export const graphqlRoute = <World>(path: string, operations: Readonly<Record<string, Resolve<World>>>): SandboxRoute<World> => route('POST', path, (request, world) => {
  const { query = '', variables = {} } = (request.body ?? {}) as { query?: string; variables?: Record<string, unknown> }
  const name = /\b(?:query|mutation)\s+(\w+)/.exec(query)?.[1] ?? ''
  const resolve = Object.hasOwn(operations, name) ? operations[name] : undefined
  return resolve === undefined ? { status: 400, body: { errors: [{ message: `There is no operation "${name}".`, extensions: { code: 'BAD_USER_INPUT' } }] } } : ok({ data: resolve(variables, request, world) })
})

/** A body that a fixture of the provider holds: what the box's own rows are modelled on. `from` is the box's `import.meta.url`. */
export function fixtureBody(from: string, model: string, exchange = 0): unknown {
  const { exchanges } = JSON.parse(readFileSync(new URL(`./fixtures/${model}.json`, from), 'utf8')) as { exchanges: { response: { body: unknown } }[] }
  return exchanges[exchange]!.response.body
}
