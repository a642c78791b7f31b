import type { CommonModel } from '../../common-models/model.ts'
import { Fault } from '../errors.ts'
import type { Answer } from './provider.ts'
import type { Ask, SentFile, Setup, UpstreamRequest } from './request.ts'

/** What a write knows beside its input. */
export interface WriteContext {
  readonly setup: Setup
  /** The record that is changed; empty where one is made. */
  readonly remoteId: string
  /** Custom fields of the caller's, by the vendor's key. */
  readonly remoteFields: Readonly<Record<string, unknown>>
  /** When the write was asked for: some vendors want to be told. A repetition says the same moment. */
  readonly at: Date
  /** The file that is written, for writes that take one: whoever carries the write out was given it, or has fetched it. */
  readonly file?: Omit<SentFile, 'part'>
  /** What the vendor answered to the request itself, for what follows it. */
  readonly answered?: unknown
}

/** A step that takes a look first: at the vendor's id of a word, at where the record stands. */
export interface LookedUp {
  readonly look: Ask
  /** Another look, where one is not enough. `already`: nothing is left to do. Null: what was found does not lead there, and the caller must be told. Must not throw. */
  readonly step: (body: unknown) => Ask | LookedUp | 'already' | null
}

/** A complaint of the vendor's about what was written. */
export interface Complaint {
  readonly message: string
  /** The vendor's name of the field, where it says one. */
  readonly field: string | null
}

/**
 * One write that a vendor allows: common model in, the vendor's request out. `ask` sees no field that is not accepted.
 * Relations come as the vendor's ids. A field that is left out stays as it is; one that is null is emptied.
 */
export interface Write<T extends object, K extends keyof T & string> {
  readonly model: CommonModel<T>
  readonly kind: 'create' | 'update'
  readonly accepts: readonly K[]
  readonly requires: readonly NoInfer<K>[]
  /** Fields that share one place at the vendor: of each group an input may fill one. */
  readonly oneOf?: readonly (readonly NoInfer<K>[])[]
  /** Lists of which the vendor has places for so many entries. */
  readonly most?: { readonly [F in NoInfer<K>]?: number }
  /** Fields of whose words the vendor knows only these: others are refused. */
  readonly among?: { readonly [F in NoInfer<K>]?: readonly string[] }
  /** It writes a file, and is refused without one. */
  readonly takesFile?: true
  /** What the vendor lets us set, but not empty: that is refused. */
  readonly keeps?: readonly NoInfer<K>[]
  ask(this: void, input: { readonly [F in K]?: T[F] }, context: WriteContext): Ask
  /** What has to follow before the record is whole: associations, a first comment, a step of a workflow. `remoteId` is by then that of the record, also where it was made. */
  followed?(this: void, input: { readonly [F in K]?: T[F] }, context: WriteContext): readonly (Ask | LookedUp)[]
  /** The vendor's id of what was made; null: the answer does not say. */
  readonly remoteId: (answer: Answer) => string | null
  /** What happens when the same request arrives twice: nothing new, nothing new if a header says so, or a duplicate. */
  readonly repeated: 'harmless' | { readonly keyHeader: string } | 'duplicates'
  /** How long the vendor's lists may not show it yet. */
  readonly visibleAfterSeconds: number
  /** What the vendor dislikes about an input that it rejected. Must not throw. */
  readonly complaints: (answer: Answer) => readonly Complaint[]
  readonly docs: `https://${string}`
}

// A list of writes of unlike models; the input is checked at run time against `accepts`.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyWrite = Write<any, any>

/** Binds the model, so that the fields are inferred from `accepts`. */
export const defineWrite = <T extends object>(model: CommonModel<T>) => <const K extends keyof T & string>(write: Omit<Write<T, K>, 'model'>): AnyWrite => ({ ...write, model })

/** The requests of one write, in order. Throws for input that the vendor has no place for: what is not written must not seem to be. */
export function writeRequest(write: AnyWrite, input: Readonly<Record<string, unknown>>, context: WriteContext, idempotencyKey: string): UpstreamRequest {
  const accepts = write.accepts as readonly string[]
  for (const field of Object.keys(input)) if (!accepts.includes(field)) throw new Fault('request.invalid', { detail: `The vendor does not take "${field}" of ${write.model.name}. It takes: ${accepts.join(', ')}.`, pointer: `/model/${field}` })
  if (write.kind === 'create') for (const field of write.requires as readonly string[]) if (isNothing(input[field])) throw new Fault('request.invalid', { detail: `The vendor asks for "${field}".`, pointer: `/model/${field}` })
  for (const group of (write.oneOf ?? []) as readonly (readonly string[])[]) {
    const [, second] = group.filter((field) => !isNothing(input[field]))
    if (second !== undefined) throw new Fault('request.invalid', { detail: `The vendor has one place for ${group.join(', ')}: give one of them.`, pointer: `/model/${second}` })
  }
  for (const [field, most] of Object.entries((write.most ?? {}) as Readonly<Record<string, number>>)) {
    const list = input[field]
    if (Array.isArray(list) && list.length > most) throw new Fault('request.invalid', { detail: `The vendor has places for ${most} of "${field}".`, pointer: `/model/${field}` })
  }
  for (const [field, words] of Object.entries((write.among ?? {}) as Readonly<Record<string, readonly string[]>>)) {
    const word = input[field]
    if (!isNothing(word) && !words.includes(word as string)) throw new Fault('request.invalid', { detail: `The vendor knows these of "${field}": ${words.join(', ')}.`, pointer: `/model/${field}` })
  }
  for (const field of (write.keeps ?? []) as readonly string[]) if (input[field] !== undefined && isNothing(input[field])) throw new Fault('request.invalid', { detail: `The vendor does not let us empty "${field}".`, pointer: `/model/${field}` })
  if (write.takesFile === true && context.file === undefined) throw new Fault('request.invalid', { detail: 'The file itself is not there.', pointer: '/model/file_url' })
  const ask = write.ask(input, context)
  const headers = typeof write.repeated === 'object' ? { ...ask.headers, [write.repeated.keyHeader]: idempotencyKey } : ask.headers
  return { ...ask, method: ask.method ?? 'POST', ...(headers !== undefined && { headers }) }
}

const isNothing = (value: unknown): boolean => value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

/** An object without what was left out, so that a vendor's field is only named where the caller named ours. */
export const given = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** The vendor's word for ours, in the same table that reads use; a word that it lacks goes out as it came. */
export const vendorWord = (table: Readonly<Record<string, string>>, ours: unknown): unknown =>
  (typeof ours === 'string' ? Object.entries(table).find(([, word]) => word === ours)?.[0] ?? ours : ours)
