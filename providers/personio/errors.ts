import type { Answer, Complaint, ErrorRule } from '#kit'

interface Body {
  readonly success?: unknown
  /** Version 1. */
  readonly error?: { readonly message?: unknown; readonly detailed_message?: unknown } | null
  /** Version 2. */
  readonly errors?: readonly ({ readonly title?: unknown; readonly detail?: unknown; readonly _meta?: { readonly field?: unknown } } | null)[]
}
const bodyOf = (body: unknown): Body => (typeof body === 'object' && body !== null ? body : {})

export const errors: readonly ErrorRule[] = [
  // A token that has ended is a 403 by the contract, and its code says no more than the status: only the text tells it from a right that is missing.
  { status: 403, when: ({ body }) => bodyOf(body).error?.message === 'Provided authorization is not valid', code: 'upstream.unauthorized' },
  { status: 200, when: ({ body }) => bodyOf(body).success === false, code: 'upstream.rejected' },
]

const text = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null)

/** What an answer dislikes about a write, in both versions' words. */
export function complaints({ body }: Answer): Complaint[] {
  const { error, errors: list } = bodyOf(body)
  const old = text(error?.message)
  const found = Array.isArray(list) ? list : []
  return [
    ...(old === null ? [] : [{ message: old, field: null }]),
    ...found.flatMap((one) => { const message = text(one?.detail) ?? text(one?.title); return message === null ? [] : [{ message, field: text(one?._meta?.field) }] }),
  ]
}
