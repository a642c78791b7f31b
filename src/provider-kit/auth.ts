/** What the link form asks for. `pattern` is anchored by the engine; `secret` fields are sealed and never echoed. */
export interface FormField {
  readonly label: string
  readonly hint?: string
  readonly pattern: RegExp
  readonly maxLength: number
}
export type FormFields = Readonly<Record<string, FormField>>
export type ValuesOf<F extends FormFields> = { readonly [K in keyof F]: string }

/** How a vendor lets us in. A vendor's oddity is a function here, never a name in the engine. */
export type Auth<S extends FormFields, C extends FormFields> =
  /** A long-lived key that the customer copies from the vendor. */
  | { readonly kind: 'api_key'; readonly fields: C; readonly headers: (credentials: ValuesOf<C>, setup: ValuesOf<S>) => Readonly<Record<string, string>> }
  /** HTTP basic authentication. */
  | { readonly kind: 'basic'; readonly fields: C; readonly user: (credentials: ValuesOf<C>, setup: ValuesOf<S>) => string; readonly password: (credentials: ValuesOf<C>, setup: ValuesOf<S>) => string }
