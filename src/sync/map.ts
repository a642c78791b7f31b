import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler'
import { FormatRegistry, type TSchema } from '@sinclair/typebox'
import { notOffered, type AnyResource } from '#kit'
import { fieldShape, type CommonModel, type FieldShape } from '#models'
import { Fault } from '../errors.ts'
import { indexKey, recordId } from '../records/ids.ts'
import { wellFormed } from '../records/text.ts'

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
  /** Fields that could not be read and were left empty. */
  readonly issues: readonly FieldIssue[]
}

export interface MapTarget { readonly linkedAccountId: string; readonly baseUrl: string }

/** Beyond this a record's longest texts are left out of the body; the raw payload keeps them. */
const LONGEST_BODY = 8 * 1024 * 1024

FormatRegistry.Set('date-time', (value) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(value))
FormatRegistry.Set('uri', (value) => URL.canParse(value))

interface FieldPlan { readonly name: string; readonly shape: FieldShape; readonly check: TypeCheck<TSchema>; readonly empty: null | readonly never[]; readonly nestedRelations: readonly (readonly [string, FieldShape])[] }
const plans = new WeakMap<CommonModel, readonly FieldPlan[]>()

function planOf(model: CommonModel): readonly FieldPlan[] {
  let plan = plans.get(model)
  if (plan === undefined) {
    plan = Object.entries(model.schema.properties).map(([name, schema]) => {
      const shape = fieldShape(schema)
      const nestedRelations = Object.entries(shape.nested?.properties ?? {}).map(([key, inner]) => [key, fieldShape(inner)] as const).filter(([, inner]) => inner.relation !== null)
      return { name, shape, check: TypeCompiler.Compile(schema), empty: shape.nullable ? null : [], nestedRelations }
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

const relate = (value: unknown, shape: FieldShape, linkedAccountId: string): unknown => {
  const toOurs = (remoteId: string): string => recordId(linkedAccountId, shape.relation!, indexKey(remoteId))
  if (typeof value === 'string') return toOurs(value)
  return Array.isArray(value) ? (value as string[]).map(toOurs) : value
}

/** Row in, record out. One bad field is reported and left empty; it never takes its record, or its page, down with it. */
export function mapRow(resource: AnyResource, row: unknown, { linkedAccountId, baseUrl }: MapTarget): Mapped {
  const model: CommonModel = resource.model
  const remoteId = remoteIdOf(resource, row)
  const issues: FieldIssue[] = []
  const fields: Record<string, unknown> = {}
  for (const { name, shape, check, empty, nestedRelations } of planOf(model)) {
    const read = resource.fields[name] as ((row: unknown, context: { baseUrl: string }) => unknown) | typeof notOffered
    fields[name] = empty
    if (read === notOffered) continue
    try {
      const { value, changed } = wellFormed(read(row, { baseUrl }))
      if (changed) issues.push({ field: name, message: 'Characters that cannot be stored were removed.' })
      if (!check.Check(value)) {
        issues.push({ field: name, message: `The value is not what the field holds: ${check.Errors(value).First()?.message ?? 'wrong type'}.` })
        continue
      }
      if (shape.relation !== null) fields[name] = relate(value, shape, linkedAccountId)
      else if (nestedRelations.length > 0) fields[name] = (value as Record<string, unknown>[]).map((entry) => ({ ...entry, ...Object.fromEntries(nestedRelations.map(([key, inner]) => [key, relate(entry[key], inner, linkedAccountId)])) }))
      else fields[name] = value
    } catch (error) {
      issues.push({ field: name, message: `The value cannot be read: ${error instanceof Error ? error.message : String(error)}` })
    }
  }
  return { id: recordId(linkedAccountId, model.id, remoteId), remoteId, fields, body: bodyOf(fields, issues), remoteFields: remoteFieldsOf(resource, row, linkedAccountId, issues), issues }
}

function bodyOf(fields: Record<string, unknown>, issues: FieldIssue[]): string {
  let body = JSON.stringify(fields)
  while (body.length > LONGEST_BODY) {
    const longest = Object.entries(fields).reduce((a, b) => (JSON.stringify(b[1]).length > JSON.stringify(a[1]).length ? b : a))
    if (typeof longest[1] !== 'string') throw new Fault('mapping.too_large', { detail: `The record has ${body.length} characters; ${LONGEST_BODY} are kept.` })
    fields[longest[0]] = null
    issues.push({ field: longest[0], message: 'The text is longer than is served; the raw payload has it.' })
    body = JSON.stringify(fields)
  }
  return body
}

function remoteFieldsOf(resource: AnyResource, row: unknown, linkedAccountId: string, issues: FieldIssue[]): string | null {
  if (resource.remoteFields === undefined) return null
  const model = resource.model as CommonModel
  try {
    const values = resource.remoteFields(row).map(({ key, name, value }) => ({
      remote_field_class: { id: recordId(linkedAccountId, `${model.id}.remote_field_class`, key), display_name: name, remote_key_name: key, is_custom: true },
      value: value ?? null,
    }))
    return JSON.stringify(wellFormed(values).value)
  } catch (error) {
    issues.push({ field: 'remote_fields', message: `The vendor's own fields cannot be read: ${error instanceof Error ? error.message : String(error)}` })
    return null
  }
}
