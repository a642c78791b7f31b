/** Who is asking. Set by the API's authentication before any handler runs; every route declares what it needs. */
import type { FastifyRequest } from 'fastify'
import { Fault } from '../errors.ts'
import type { PassthroughRule } from './passthrough-rules.ts'

/** What an API key may do. A key has none by default. */
export const scopes = ['accounts:read', 'accounts:write', 'records:read', 'records:write', 'sync:write', 'logs:read', 'audit:read', 'keys:write', 'passthrough', 'passthrough:write'] as const
export type Scope = (typeof scopes)[number]

export interface Caller {
  readonly organizationId: string
  readonly apiKeyId: string
  readonly scopes: readonly string[]
  /** What of the vendors' own APIs the key may reach; null: all that its scopes say. */
  readonly passthroughRules: readonly PassthroughRule[] | null
}

/** The linked account that `X-Account-Token` names, looked up inside the caller's organisation. */
export interface CallerAccount {
  readonly id: string
  readonly organizationId: string
  readonly category: string
  readonly integration: string
  readonly status: string
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
    account: CallerAccount | null
  }
  interface FastifyContextConfig {
    /** The scope that the API key must have; `public` needs no key. A route without it is refused at start. */
    scope?: Scope | 'public'
    /** `required`: `X-Account-Token` must name an account. `optional`: if it is there, it must. Left out: it is not looked at. */
    account?: 'required' | 'optional'
    /** The route takes `application/x-www-form-urlencoded` besides JSON. */
    form?: true
  }
}

/** The account that is asked about, where the address is of its category. */
export function ownAccount(request: FastifyRequest, { category }: { readonly category: string }): CallerAccount {
  const account = request.account!
  if (account.category !== category) throw new Fault('request.invalid', { detail: `This linked account belongs to the category ${account.category}; this address is of ${category}.` })
  return account
}
