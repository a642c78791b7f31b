/** Bodies are taken as they are or refused; query strings are read by their schema. Nothing is coerced in silence, nothing is stripped. */
import type { TSchema } from '@sinclair/typebox'
import { TypeCompiler, ValueErrorType, type TypeCheck, type ValueError } from '@sinclair/typebox/compiler'
import type { FastifySchemaCompiler } from 'fastify'
import { Fault } from '../errors.ts'
import { registerFormats } from './formats.ts'
import type { Problem } from './problem.ts'

registerFormats()

const MOST_PROBLEMS = 50
type Result = { value: unknown } | { error: Fault }
type Shape = TSchema & { type?: string; anyOf?: readonly Shape[]; items?: Shape; properties?: Readonly<Record<string, Shape>>; const?: unknown; minimum?: number; maximum?: number; format?: string; maxLength?: number; additionalProperties?: unknown }

/** For `setValidatorCompiler`: one strict reader for bodies, one for query strings, one for the rest. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = TypeCompiler.Compile(schema)
  if (httpPart === 'querystring') return (query: Readonly<Record<string, string | string[]>>): Result => readQuery(schema, check, query)
  return (value: unknown): Result => {
    const nul = httpPart === 'body' ? nulIn(value, '') : null
    if (nul !== null) return { error: invalid([{ source: { pointer: nul }, title: 'Wrong type', detail: `${nul === '' ? 'The body' : nul} has a NUL character.`, problem_type: 'INCORRECT_FIELD_TYPE' }]) }
    if (check.Check(value)) return { value }
    const problems = problemsIn(check, value).map(({ path, ...problem }) => ({ source: { pointer: path }, ...problem }))
    return { error: invalid(problems) }
  }
}

/** Where a text or a name has a NUL, which nothing behind us can keep; null: nowhere. */
function nulIn(value: unknown, path: string): string | null {
  if (typeof value === 'string') return value.includes('\0') ? path : null
  if (typeof value !== 'object' || value === null) return null
  for (const [name, inner] of Object.entries(value)) {
    const found = name.includes('\0') ? path : nulIn(inner, `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    if (found !== null) return found
  }
  return null
}

const invalid = (problems: readonly Problem[]): Fault =>
  new Fault('request.invalid', { detail: problems.length === 1 ? problems[0]!.detail : `${problems.length} things are wrong; see errors.`, problems })

function problemsIn(check: TypeCheck<TSchema>, value: unknown): (Omit<Problem, 'source'> & { path: string })[] {
  const byPath = new Map<string, ReturnType<typeof described>>()
  for (const error of withinNullables(check.Errors(value))) {
    // A missing field is reported a second time for its type.
    if (!byPath.has(error.path)) byPath.set(error.path, described(error))
    if (byPath.size >= MOST_PROBLEMS) break
  }
  return [...byPath.values()]
}

/** The errors one by one; of an object or list that may also be null, those inside it where it is there. */
function* withinNullables(errors: Iterable<ValueError>): Generator<ValueError> {
  for (const error of errors) {
    const { anyOf } = error.schema as Shape
    const inside = anyOf?.length === 2 && error.value !== null ? anyOf.findIndex(({ type }) => type === 'object' || type === 'array') : -1
    if (inside === -1 || anyOf![1 - inside]!.type !== 'null') yield error
    else yield* withinNullables(error.errors[inside]!)
  }
}

function described({ type, path, schema }: ValueError): Omit<Problem, 'source'> & { path: string } {
  const name = path === '' ? 'The body' : path
  if (type === ValueErrorType.ObjectRequiredProperty) return { path, title: 'Missing field', detail: `${name} is required.`, problem_type: 'MISSING_REQUIRED_FIELD' }
  if (type === ValueErrorType.ObjectAdditionalProperties) return { path, title: 'Unknown field', detail: `${name} is not a field of this request.`, problem_type: 'UNRECOGNIZED_FIELD' }
  const choice = isChoice(schema)
  return { path, title: choice ? 'Not one of the choices' : 'Wrong type', detail: `${name} must be ${expected(schema)}.`, problem_type: choice ? 'INVALID_FIELD_CHOICE' : 'INCORRECT_FIELD_TYPE' }
}

const isChoice = ({ const: only, anyOf }: Shape): boolean => only !== undefined || (anyOf !== undefined && anyOf.some((variant) => variant.const !== undefined))

/** What a schema asks for, in words. */
function expected(shape: Shape): string {
  if (shape.anyOf !== undefined) return shape.anyOf.map(expected).join(' or ')
  if (shape.const !== undefined) return JSON.stringify(shape.const)
  const range = shape.minimum !== undefined && shape.maximum !== undefined ? ` from ${shape.minimum} to ${shape.maximum}` : ''
  if (shape.type === 'integer') return `a whole number${range}`
  if (shape.format === 'date-time') return 'an instant with its zone, like 2026-01-31T09:30:00Z'
  if (shape.format !== undefined) return `a string of the format ${shape.format}`
  if (shape.type === 'string') return shape.maxLength === undefined ? 'a string' : `a string of at most ${shape.maxLength} characters`
  if (shape.type === 'array') return 'a list'
  if (shape.type === 'boolean') return 'true or false'
  return shape.type === 'null' ? 'null' : `a${/^[aeiou]/.test(shape.type ?? '') ? 'n' : ''} ${shape.type ?? 'value of another shape'}${range}`
}

const typeOf = (shape: Shape): string | undefined => shape.type ?? shape.anyOf?.find(({ type }) => type !== 'null')?.type

/** Every parameter known, given once, and of its type. Lists take commas and repetition. */
function readQuery(schema: Shape, check: TypeCheck<TSchema>, query: Readonly<Record<string, string | string[]>>): Result {
  const known = schema.properties ?? {}
  const problems: Problem[] = []
  const value: Record<string, unknown> = {}
  const refuse = (parameter: string, title: string, detail: string, problem_type: string): void => { problems.push({ source: { parameter }, title, detail, problem_type }) }
  for (const [name, given] of Object.entries(query)) {
    const shape = Object.hasOwn(known, name) ? known[name]! : undefined
    const label = `The query parameter ${JSON.stringify(name.slice(0, 100))}`
    if (shape === undefined) refuse(name.slice(0, 100), 'Unknown parameter', `${label} is not known here.`, 'UNRECOGNIZED_FIELD')
    else if ([given].flat().some((part) => part.includes('\0'))) refuse(name, 'Wrong type', `${label} has a NUL character.`, 'INCORRECT_FIELD_TYPE')
    else if (typeOf(shape) === 'array') value[name] = [given].flat().flatMap((part) => part.split(',')).map((part) => part.trim()).filter((part) => part !== '')
    else if (typeof given !== 'string') refuse(name, 'Repeated parameter', `${label} is given more than once.`, 'INCORRECT_FIELD_TYPE')
    else value[name] = readValue(shape, given)
    if (problems.length >= MOST_PROBLEMS) break
  }
  // Naming what is wrong costs many times what seeing that nothing is does.
  for (const { path, ...problem } of problems.length === 0 && !check.Check(value) ? problemsIn(check, value) : []) {
    const parameter = path.split('/')[1] ?? ''
    problems.push({ source: { parameter }, ...problem, detail: problem.detail.replace(path, `The query parameter ${JSON.stringify(parameter)}`) })
  }
  return problems.length === 0 ? { value } : { error: invalid(problems) }
}

/** The text as its type where it is spelled plainly; otherwise as it came, for the check to refuse. */
function readValue(shape: Shape, text: string): unknown {
  const type = typeOf(shape)
  if (type === 'integer') return /^-?(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text
  if (type === 'boolean') return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : text
  return text
}
