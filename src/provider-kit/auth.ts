import type { Ask, Setup } from './request.ts'

/** What the link form asks for. `pattern` is anchored by the engine; credentials are sealed and never echoed. */
export interface FormField {
  readonly label: string
  readonly hint?: string
  readonly pattern: RegExp
  readonly maxLength: number
  /** True for a credential that is no secret by itself: a user name, which the vendor shows to everybody. */
  readonly isPublic?: boolean
}

/** Those of the credentials that nobody may see. */
export const secretsOf = (fields: FormFields, credentials: Readonly<Record<string, string>>): string[] => Object.entries(credentials).filter(([name]) => fields[name]?.isPublic !== true).map(([, value]) => value)
export type FormFields = Readonly<Record<string, FormField>>
export type ValuesOf<F extends FormFields> = { readonly [K in keyof F]: string }

/** One label of a host name, as vendors hand them out: nothing that could lead to another host. */
export const subdomain = (label: string, hint: string): FormField => ({ label, hint, pattern: /[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?/, maxLength: 63 })
/** A key as it is copied from a page: no white space, nothing that cannot be a header. */
export const secretKey = (label: string, hint: string): FormField => ({ label, hint, pattern: /[!-~]+/, maxLength: 4096 })

/** A key must not cross the internet in the clear: `http` only for names and addresses that stay inside a network. */
const inside = String.raw`localhost|[A-Za-z0-9-]{1,63}|[A-Za-z0-9.-]{1,200}\.(?:local|lan|internal|intranet|corp|home\.arpa)|127(?:\.\d{1,3}){3}|10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}`
const address = new RegExp(String.raw`(?:https://[A-Za-z0-9][A-Za-z0-9.-]{0,252}|http://(?:${inside}))(?::\d{1,5})?(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?`)
/** Where a customer runs the vendor's program itself: an origin, and a path where it lives below one. */
export const ownAddress = (label: string, hint: string): FormField => ({ label, hint, pattern: address, maxLength: 255 })

type HeadersFor<S extends FormFields, C extends FormFields> = (credentials: ValuesOf<C>, setup: ValuesOf<S>) => Readonly<Record<string, string>>

/** A session's token, and how long it holds where the vendor says so. */
export interface Session {
  readonly token: string
  readonly expiresInSeconds?: number
}

/** The request that exchanges credentials for a token. At another host only where the vendor has its tokens there. */
export interface SessionAsk extends Ask {
  /** A whole address, where it is not below the base URL. */
  readonly url?: `https://${string}`
}

/** How a vendor lets us in with what its customer can copy. A vendor's oddity is a function here, never a name in the engine. */
export type Auth<S extends FormFields, C extends FormFields> =
  /** A long-lived key that the customer copies from the vendor. */
  | { readonly kind: 'api_key'; readonly fields: C; readonly headers: HeadersFor<S, C> }
  /** HTTP basic authentication. */
  | { readonly kind: 'basic'; readonly fields: C; readonly user: (credentials: ValuesOf<C>, setup: ValuesOf<S>) => string; readonly password: (credentials: ValuesOf<C>, setup: ValuesOf<S>) => string }
  /** Credentials are exchanged for a token that holds for a while: client credentials, logins. It is kept in memory, and fetched anew when it runs out or is refused. */
  | {
      readonly kind: 'token_exchange'
      readonly fields: C
      readonly ask: (credentials: ValuesOf<C>, setup: ValuesOf<S>) => SessionAsk
      /** Null: the answer holds no token, so the credentials are not good. */
      readonly session: (body: unknown) => Session | null
      readonly headers: (token: string, setup: ValuesOf<S>) => Readonly<Record<string, string>>
    }

/** The values that credentials have where they are sent with each request. */
export const authHeadersOf = <S extends FormFields, C extends FormFields>(auth: Auth<S, C>, credentials: ValuesOf<C>, setup: Setup & ValuesOf<S>, session: string | null): Readonly<Record<string, string>> => {
  switch (auth.kind) {
    case 'api_key': return auth.headers(credentials, setup)
    case 'basic': return { authorization: `Basic ${Buffer.from(`${auth.user(credentials, setup)}:${auth.password(credentials, setup)}`).toString('base64')}` }
    case 'token_exchange': return auth.headers(session ?? '', setup)
  }
}
