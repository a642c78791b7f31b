import { audit, type Actor } from '../audit/audit.ts'
import type { Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import { keepLines, linesOf, resolveScope, type ModelScope, type ScopeLine } from '../accounts/scopes.ts'
import { fence, followRules, settleModels, type AccountKey } from './adopt-scopes.ts'

export interface ScopeChange {
  readonly category: string
  /** All that is said from now on; models that are not among them have no line any more. */
  readonly lines: readonly ScopeLine[]
  readonly actor: Actor | null
}

/** Replace what one account says. Whatever is under way stops at its last page and begins again under the new rules. */
export async function changeAccountScopes(database: Database, { organizationId, linkedAccountId }: AccountKey, { category, lines, actor }: ScopeChange): Promise<void> {
  const place = { organizationId, linkedAccountId, category }
  await database.tenant(organizationId, async (client) => {
    await fence(client, linkedAccountId)
    const { rowCount } = await client.query('select 1 from linked_accounts where id = $1 and category = $2 for update', [linkedAccountId, category])
    if (rowCount === 0) throw new Fault('request.conflict', { detail: `The linked account is not of the category ${category}.` })
    const defaults = await linesOf(client, { ...place, linkedAccountId: null })
    const { changed, stricter } = difference(await linesOf(client, place), lines, defaults)
    await keepLines(client, place, lines)
    await (changed ? followRules(client, linkedAccountId, { stricter }) : settleModels(client, linkedAccountId))
    await audit(client, { organizationId, event: 'CHANGED_LINKED_ACCOUNT_COMMON_MODEL_OVERRIDE', description: `What is kept of an account's ${category} data was changed: ${wordsOf(lines)}.`, subject: linkedAccountId, actor })
  })
}

/**
 * Replace what is said for all accounts of a category. From the commit on no page is written under the old rules (`holdFence` looks at the version);
 * what had been kept before is put right account by account, by `adoptScopes`. Touches no account, so it takes as long for one as for a million.
 */
export async function changeDefaultScopes(database: Database, organizationId: string, { category, lines, actor }: ScopeChange): Promise<void> {
  const place = { organizationId, linkedAccountId: null, category }
  await database.tenant(organizationId, async (client) => {
    // One change at a time: the row is there, and ours, from here on.
    await client.query('insert into scope_versions as v (organization_id, category, version, stricter_version) values ($1, $2, 0, 0) on conflict (organization_id, category) do update set version = v.version', [organizationId, category])
    const { changed, stricter } = difference(await linesOf(client, place), lines, [])
    await keepLines(client, place, lines)
    if (changed) await client.query('update scope_versions set version = version + 1, stricter_version = case when $3 then version + 1 else stricter_version end where organization_id = $1 and category = $2', [organizationId, category, stricter])
    await audit(client, { organizationId, event: 'CHANGED_SCOPES', description: `What is kept of ${category} data by default was changed: ${wordsOf(lines)}.`, actor })
  })
}

/** Whether other things are kept than before, and whether something is not kept any more. */
function difference(before: readonly ScopeLine[], after: readonly ScopeLine[], defaults: readonly ScopeLine[]): { readonly changed: boolean; readonly stricter: boolean } {
  const lineOf = (lines: readonly ScopeLine[], model: string) => lines.find((line) => line.model === model)
  const moves = [...new Set([...before, ...after].map(({ model }) => model))].map((model) => {
    const [old, now] = [before, after].map((lines) => resolveScope([lineOf(defaults, model), lineOf(lines, model)])) as [ModelScope, ModelScope]
    return { changed: !same(old, now), stricter: (old.reads && !now.reads) || [...now.disabled].some((field) => !old.disabled.has(field)) }
  })
  return { changed: moves.some(({ changed }) => changed), stricter: moves.some(({ stricter }) => stricter) }
}

const same = (a: ModelScope, b: ModelScope): boolean => a.reads === b.reads && [...a.disabled].sort().join() === [...b.disabled].sort().join()
const wordsOf = (lines: readonly ScopeLine[]): string => (lines.length === 0 ? 'nothing is said any more' : lines.map(({ model, reads, disabledFields }) => `${model}${reads === false ? ' off' : ''}${disabledFields.length > 0 ? ` without ${disabledFields.join(', ')}` : ''}`).join('; '))
