import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler'
import { FormatRegistry, type TSchema } from '@sinclair/typebox'
import { notOffered, type AnyResource, type MapContext, type Setup, type Word } from '#kit'
import { fieldShape, type CommonModel, type FieldShape } from '#models'
import { Fault } from '../errors.ts'
import { registerFormats } from '../http/formats.ts'
import { putAside } from '../records/aside.ts'
import { indexKey, recordId } from '../records/ids.ts'
import { classId } from '../records/remote-field-classes.ts'
import { related } from '../records/relate.ts'
import { wellFormed } from '../records/text.ts'
import type { UnseenWord } from '../records/unseen.ts'

export interface FieldIssue { readonly field: string; readonly message: string }

/** One vendor row as a record of the common model. */
export interface Mapped {
  readonly id: string
  readonly remoteId: string
  /** The common model's own fields, relations as our ids. */
  readonly fields: Readonly<Record<string, unknown>>
  /** `fields` as the JSON that is served. */
  readonly body: string
  readonly remoteFields: string | null
  /** What is served only where it is asked for: the vendor's own words, and sensitive fields. JSON, or null where there is nothing. */
  readonly aside: string | null
  /** Words in enum fields that are none of ours. */
  readonly unseen: readonly UnseenWord[]
  /** Fields that could not be read and were left empty. */
  readonly issues: readonly FieldIssue[]
}

export interface MapTarget {
  readonly linkedAccountId: string
  readonly baseUrl: string
  readonly setup?: Setup
  /** Fields that must not be kept. */
  readonly disabled?: ReadonlySet<string>
}

/** Beyond so many bytes a record's longest texts are left out of what is served; the raw payload keeps them. */
const LONGEST_BODY = 1_000_000
/** No character takes more than three bytes for each of its units, so short texts need no counting. */
const isTooLong = (text: string): boolean => text.length * 3 > LONGEST_BODY && Buffer.byteLength(text) > LONGEST_BODY

registerFormats()
FormatRegistry.Set('utc-date-time', (value) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(value))

/** Callers may write an instant in any zone, adapters only in UTC: the same schema, with a format of its own, for formats are the whole process's. */
function inUtc<S>(schema: S): S {
  if (Array.isArray(schema)) return schema.map((one: unknown) => inUtc(one)) as S
  if (typeof schema !== 'object' || schema === null) return schema
  // Spread first: the kinds of TypeBox are symbols.
  return { ...schema, ...Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === 'format' && value === 'date-time' ? 'utc-date-time' : inUtc<unknown>(value)])) }
}

interface FieldPlan { readonly name: string; readonly shape: FieldShape; readonly check: TypeCheck<TSchema>; readonly empty: null | readonly never[] }
const plans = new WeakMap<CommonModel, readonly FieldPlan[]>()

function planOf(model: CommonModel): readonly FieldPlan[] {
  let plan = plans.get(model)
  if (plan === undefined) {
    plan = Object.entries(model.schema.properties).map(([name, schema]) => {
      const shape = fieldShape(schema)
      return { name, shape, check: TypeCompiler.Compile(inUtc(schema)), empty: shape.nullable ? null : [] }
    })
    plans.set(model, plan)
  }
  return plan
}

/** The vendor's id of a row, as the store keys it. A row without one cannot be kept. */
export function remoteIdOf(resource: AnyResource, row: unknown): string {
  let remoteId: string | null
  try { remoteId = resource.identity.remoteId(row) } catch (cause) { throw new Fault('mapping.unidentified', { detail: 'The row is not of the expected shape, so its id cannot be read.' }, cause) }
  if (typeof remoteId !== 'string' || remoteId === '') throw new Fault('mapping.unidentified', { detail: 'The row has no id.' })
  if (remoteId.includes('\u0000') || !remoteId.isWellFormed()) throw new Fault('mapping.unidentified', { detail: 'The row\'s id has characters that cannot be stored.' })
  return indexKey(remoteId)
}

/** Why a row could not be mapped. */
export const asMappingFault = (error: unknown): Fault =>
  (error instanceof Fault ? error : new Fault('mapping.failed', { detail: `The mapping failed: ${error instanceof Error ? error.message : String(error)}` }, error))

const isWord = (value: unknown): value is Word => typeof value === 'object' && value !== null && 'ours' in value && 'origin' in value
const each = (value: unknown, read: (one: unknown) => unknown): unknown => (Array.isArray(value) ? value.map(read) : read(value))

/** Our words, and the vendor's where one of them is another. */
function apart(value: unknown): { readonly ours: unknown; readonly origin: unknown } {
  const differs = Array.isArray(value) ? value.some(isWord) : isWord(value)
  return differs ? { ours: each(value, (one) => (isWord(one) ? one.ours : one)), origin: each(value, (one) => (isWord(one) ? one.origin : one)) } : { ours: value, origin: undefined }
}

/** Row in, record out. One bad field is reported and left empty; it never takes its record, or its page, down with it. */
export function mapRow(resource: AnyResource, row: unknown, { linkedAccountId, baseUrl, setup = {}, disabled }: MapTarget): Mapped {
  const model: CommonModel = resource.model
  const remoteId = remoteIdOf(resource, row)
  const issues: FieldIssue[] = []
  const context: MapContext = { baseUrl, setup }
  const fields: Record<string, unknown> = {}
  const origins: Record<string, unknown> = {}
  const unseen: UnseenWord[] = []
  for (const { name, shape, check, empty } of planOf(model)) {
    const read = resource.fields[name] as ((row: unknown, context: MapContext) => unknown) | typeof notOffered
    fields[name] = empty
    if (read === notOffered || disabled?.has(name) === true) continue
    try {
      const { value: told, changed } = wellFormed(read(row, context))
      // A dictionary of the vendor's may have any keys, also those of a word.
      const { ours: value, origin } = shape.type === 'string' ? apart(told) : { ours: told, origin: undefined }
      if (changed) issues.push({ field: name, message: 'Characters that cannot be stored were removed.' })
      if (!check.Check(value)) {
        issues.push({ field: name, message: `The value is not what the field holds: ${check.Errors(value).First()?.message ?? 'wrong type'}.` })
        continue
      }
      fields[name] = related(value, shape, { linkedAccountId, field: `${model.id}.${name}`, remoteId })
      if (origin !== undefined) origins[name] = origin
      if (shape.words !== null) unseen.push(...[value].flat().filter((one) => typeof one === 'string').filter((one) => !shape.words!.includes(one)).map((one) => ({ field: name, word: indexKey(one) })))
    } catch (error) {
      issues.push({ field: name, message: `The value cannot be read: ${error instanceof Error ? error.message : String(error)}` })
    }
  }
  // Which of the vendor's own fields holds what a disabled field does cannot be told, so none is kept.
  const withheld = disabled !== undefined && disabled.size > 0
  const aside = withinBounds(putAside(model, fields, origins), 'what is kept beside the record', issues)
  return { id: recordId(linkedAccountId, model.id, remoteId), remoteId, fields, body: bodyOf(fields, issues), remoteFields: withheld ? null : remoteFieldsOf(resource, row, linkedAccountId, issues), aside, unseen, issues }
}

function bodyOf(fields: Record<string, unknown>, issues: FieldIssue[]): string {
  let body = JSON.stringify(fields)
  while (isTooLong(body)) {
    const longest = Object.entries(fields).reduce((a, b) => (JSON.stringify(b[1]).length > JSON.stringify(a[1]).length ? b : a))
    if (typeof longest[1] !== 'string') throw new Fault('mapping.too_large', { detail: `The record has ${Buffer.byteLength(body)} bytes; ${LONGEST_BODY} are kept.` })
    fields[longest[0]] = null
    issues.push({ field: longest[0], message: 'The text is longer than is served; the raw payload has it.' })
    body = JSON.stringify(fields)
  }
  return body
}

function withinBounds(text: string | null, field: string, issues: FieldIssue[]): string | null {
  if (text === null || !isTooLong(text)) return text
  issues.push({ field, message: 'It is longer than is served; the raw payload has it.' })
  return null
}

function remoteFieldsOf(resource: AnyResource, row: unknown, linkedAccountId: string, issues: FieldIssue[]): string | null {
  if (resource.remoteFields === undefined) return null
  const model = resource.model as CommonModel
  try {
    const values = resource.remoteFields(row).map(({ key, name, value }) => ({
      remote_field_class: { id: classId(linkedAccountId, model, key), display_name: name, remote_key_name: key, is_custom: true },
      value: value ?? null,
    }))
    return withinBounds(JSON.stringify(wellFormed(values).value), 'remote_fields', issues)
  } catch (error) {
    issues.push({ field: 'remote_fields', message: `The vendor's own fields cannot be read: ${error instanceof Error ? error.message : String(error)}` })
    return null
  }
}
