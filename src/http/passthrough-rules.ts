import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { Fault } from '../errors.ts'
import { unescaped } from './unescape.ts'

const methods = ['GET', 'OPTIONS', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** What an API key may send through to vendors, beside what its scopes say. A request that no rule allows is refused. */
export const PassthroughRule = Type.Object({
  methods: Type.Array(Type.Union(methods.map((method) => Type.Literal(method))), { minItems: 1, maxItems: methods.length, uniqueItems: true }),
  path: Type.String({ maxLength: 500, pattern: String.raw`^(?:/(?:\*|[\w.~!$'()+,=:@-]+))*(?:/(?:\*\*)?)?$`, minLength: 1, description: 'Below the address of the linked account. `*` is any one segment; `**`, at the end, is whatever follows, or nothing.', examples: ['/employees/*', '/api/v2/**'] }),
  integration: Type.Optional(Type.String({ maxLength: 100, pattern: '^[a-z0-9-]+$', description: 'Only accounts at this vendor; left out: at any.' })),
  linked_account_id: Type.Optional(Type.String({ pattern: '^[0-9a-f-]{36}$', description: 'Only this linked account.' })),
}, { additionalProperties: false, $id: 'PassthroughRule' })
export type PassthroughRule = Static<typeof PassthroughRule>

export const PassthroughRules = Type.Array(PassthroughRule, { maxItems: 100 })

/** `GET,HEAD /employees/* acme`: as rules are written on the command line, and named in refusals. */
export const ruleText = ({ methods: allowed, path, integration, linked_account_id: id }: PassthroughRule): string => [allowed.join(), path, integration, id].filter((part) => part !== undefined).join(' ')

/** The rule that a line of the command says. */
export function parseRule(text: string): PassthroughRule {
  const [allowed = '', path, ...of] = text.trim().split(/\s+/)
  const [ids, integrations] = [of.filter((word) => /^[0-9a-f-]{36}$/.test(word)), of.filter((word) => !/^[0-9a-f-]{36}$/.test(word))]
  const rule = { methods: allowed.split(','), path, ...(integrations.length > 0 && { integration: integrations.join(' ') }), ...(ids.length > 0 && { linked_account_id: ids.join(' ') }) }
  if (!Value.Check(PassthroughRule, rule)) throw new Fault('request.invalid', { detail: `${JSON.stringify(text)} is no rule. One reads METHODS PATH [VENDOR] [ACCOUNT-ID], such as 'GET,HEAD /employees/** acme': * is one segment of the path, ** at the end whatever follows.` })
  return rule
}

const segmentsOf = (path: string): string[] => path.split('/').slice(1)

/** Whether all that the one pattern fits, the other fits too. A path is a pattern that fits itself. */
function fits(pattern: readonly string[], other: readonly string[]): boolean {
  for (const [at, segment] of pattern.entries()) {
    if (segment === '**') return true
    const given = other[at]
    // An empty segment is none: servers take it out.
    if (given === undefined || given === '**' || (segment === '*' ? given === '' : given !== segment)) return false
  }
  return other.length === pattern.length
}

/** Some servers take these off before they look. */
const bare = (path: string): string => path.replace(/[?#].*$/s, '').replaceAll(/;[^/]*/g, '').replaceAll(/\/{2,}/g, '/')

/** Every path that a server may take this one for: as it is, decoded once or twice, without parameters of segments and doubled slashes. */
const readingsOf = (path: string): readonly string[] => [path, unescaped(path), unescaped(unescaped(path))].flatMap((reading) => [reading, bare(reading)])

export interface PassthroughAttempt { readonly method: string; readonly path: string; readonly integration: string; readonly linkedAccountId: string }

/** Whatever the vendor takes the path for, some rule must allow it. */
export function isAllowed(rules: readonly PassthroughRule[], { method, path, integration, linkedAccountId }: PassthroughAttempt): boolean {
  const patterns = rules
    .filter((rule) => rule.methods.some((one) => one === method) && (rule.integration ?? integration) === integration && (rule.linked_account_id ?? linkedAccountId) === linkedAccountId)
    .map((rule) => segmentsOf(rule.path))
  return readingsOf(path).every((reading) => patterns.some((pattern) => fits(pattern, segmentsOf(reading))))
}

/** The first rule that allows what none of the others does; none: the one key may no more than the other. Null stands for a key without rules. */
export function excess(rules: readonly PassthroughRule[] | null, within: readonly PassthroughRule[] | null): PassthroughRule | 'no rules' | undefined {
  if (within === null) return undefined
  if (rules === null) return 'no rules'
  return rules.find((rule) => !rule.methods.every((method) => within.some((wider) => wider.methods.includes(method) && [undefined, rule.integration].includes(wider.integration) && [undefined, rule.linked_account_id].includes(wider.linked_account_id) && fits(segmentsOf(wider.path), segmentsOf(rule.path)))))
}
