/** Protocols that put a question into a POST: asks for walks, and the error rules that go with them. */
import type { UpstreamCode } from '../errors.ts'
import type { ErrorRule } from './provider.ts'
import type { Ask, Query } from './request.ts'

/** A search whose filters are in a JSON body. */
export const search = (path: string, body: unknown): Ask => ({ method: 'POST', path, body })

/** A GraphQL document with variables; those that are undefined are left out. */
export const graphql = (path: string, query: string, variables: Query = {}): Ask => ({ method: 'POST', path, body: { query, variables } })

/** A call of a remote procedure. Every request has an answer of its own over HTTP, so the id need not count. */
export const jsonRpc = (path: string, method: string, params: readonly unknown[]): Ask => ({ method: 'POST', path, body: { jsonrpc: '2.0', id: 1, method, params } })

const member = (value: unknown, key: string): unknown => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined)

/** The errors of an answer in GraphQL's way: the codes of their extensions, or an empty text for one without. */
export const graphqlCodes = (body: unknown): string[] => {
  const errors = member(body, 'errors')
  return Array.isArray(errors) ? errors.map((error: unknown) => { const code = member(member(error, 'extensions'), 'code'); return typeof code === 'string' ? code : '' }) : []
}

/** GraphQL answers 200, or 400, with errors inside. `codes` are the vendor's words; any other error is `otherwise`: half an answer is none. */
export const graphqlErrors = (codes: Readonly<Record<string, UpstreamCode>>, otherwise: UpstreamCode = 'upstream.rejected'): ErrorRule[] => [200, 400].flatMap((status) => [
  ...Object.entries(codes).map(([code, means]): ErrorRule => ({ status, when: ({ body }) => graphqlCodes(body).includes(code), code: means })),
  { status, when: ({ body }): boolean => graphqlCodes(body).length > 0, code: otherwise },
])

/** JSON-RPC answers 200 with an `error` beside, or in place of, the result. The first rule whose test is true says what it means. */
export const jsonRpcErrors = (rules: readonly { readonly when: (error: unknown) => boolean; readonly code: UpstreamCode }[], otherwise: UpstreamCode = 'upstream.rejected'): ErrorRule[] => {
  const errorOf = (body: unknown): unknown => member(body, 'error') ?? null
  return [
    ...rules.map(({ when, code }): ErrorRule => ({ status: 200, when: ({ body }) => errorOf(body) !== null && when(errorOf(body)), code })),
    { status: 200, when: ({ body }) => errorOf(body) !== null, code: otherwise },
  ]
}
