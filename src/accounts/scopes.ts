/** What may be kept of an account's data: decided per model and field, and applied before anything is stored. */
import type { CommonModel } from '#models'
import type { Client, Database } from '../db/client.ts'

/** What is said of one model, by an organisation for all its accounts or for one account. Null and unnamed fields: nothing is said. */
export interface ScopeLine {
  readonly model: string
  readonly reads: boolean | null
  readonly writes: boolean | null
  readonly enabledFields: readonly string[]
  readonly disabledFields: readonly string[]
}

/** What holds for one model. */
export interface ModelScope {
  readonly reads: boolean
  readonly writes: boolean
  readonly disabled: ReadonlySet<string>
}

/** Where something is said: by an organisation for all its accounts (`linkedAccountId` null), or for one of them; about the models of a category. */
export interface ScopePlace { readonly organizationId: string; readonly linkedAccountId: string | null; readonly category: string }

const placeOf = ({ organizationId, linkedAccountId }: ScopePlace) =>
  linkedAccountId === null ? { table: 'organization_scopes', column: 'organization_id', id: organizationId } : { table: 'account_scopes', column: 'linked_account_id', id: linkedAccountId }
const COLUMNS = 'model, reads, writes, enabled_fields as "enabledFields", disabled_fields as "disabledFields"'

/** What is said there. */
export async function linesOf(client: Client, place: ScopePlace): Promise<ScopeLine[]> {
  const { table, column, id } = placeOf(place)
  return (await client.query<ScopeLine>(`select ${COLUMNS} from ${table} where ${column} = $1 and model like $2`, [id, `${place.category}.%`])).rows
}

/** From now on this is said there, and nothing else. */
export async function keepLines(client: Client, place: ScopePlace, lines: readonly ScopeLine[]): Promise<void> {
  const { table, column, id } = placeOf(place)
  await client.query(`delete from ${table} where ${column} = $1 and model like $2`, [id, `${place.category}.%`])
  for (const { model, reads, writes, enabledFields, disabledFields } of lines) {
    await client.query(
      `insert into ${table} (organization_id, ${place.linkedAccountId === null ? '' : 'linked_account_id, '}model, reads, writes, enabled_fields, disabled_fields) values ($1, ${place.linkedAccountId === null ? '' : '$7, '}$2, $3, $4, $5, $6)`,
      [place.organizationId, model, reads, writes, enabledFields, disabledFields, ...(place.linkedAccountId === null ? [] : [place.linkedAccountId])])
  }
}

export interface ScopeLines { readonly defaults: ReadonlyMap<string, ScopeLine>; readonly own: ReadonlyMap<string, ScopeLine> }

/** What a run of one model has to keep to. */
export interface RunScope extends ModelScope {
  /** Something of this account is not to be kept: then nothing is kept of a row but what enabled fields read, whatever its model, and no body in the logs. */
  readonly restricted: boolean
  /** Names the rules that a stored row was made under; empty where there are none. */
  readonly fingerprint: string
}

/** A model's own line beside the default: what it leaves unsaid is as the default has it. */
export function resolveScope(lines: readonly (ScopeLine | undefined)[]): ModelScope {
  const disabled = new Set<string>()
  let reads = true
  let writes = true
  for (const line of lines) {
    if (line === undefined) continue
    reads = line.reads ?? reads
    writes = line.writes ?? writes
    for (const field of line.disabledFields) disabled.add(field)
    for (const field of line.enabledFields) disabled.delete(field)
  }
  return { reads, writes, disabled }
}

/** Every line that concerns the account, or only the organisation's where there is none. */
export async function readScopes(database: Database, organizationId: string, linkedAccountId: string | null): Promise<ScopeLines> {
  const rows = await database.tenantQuery<ScopeLine & { own: boolean } & Record<string, unknown>>(organizationId, {
    name: 'read_scopes',
    text: `select false as own, ${COLUMNS} from organization_scopes where organization_id = $1 union all select true, ${COLUMNS} from account_scopes where linked_account_id = $2`,
    values: [organizationId, linkedAccountId],
  })
  const mapOf = (own: boolean): Map<string, ScopeLine> => new Map(rows.filter((row) => row.own === own).map((row) => [row.model, row]))
  return { defaults: mapOf(false), own: mapOf(true) }
}

export const scopeOf = ({ defaults, own }: ScopeLines, model: string): ModelScope => resolveScope([defaults.get(model), own.get(model)])

/** Whether anything of the account is switched off. What one list of a vendor must not give, another may. */
export const isRestricted = (lines: ScopeLines, modelsOfVendor: readonly string[]): boolean =>
  modelsOfVendor.map((name) => scopeOf(lines, name)).some(({ reads, disabled }) => !reads || disabled.size > 0)

/** What holds for a run of this model, given the models that are read from the account's vendor. */
export function runScope(lines: ScopeLines, model: string, modelsOfVendor: readonly string[]): RunScope {
  const scope = scopeOf(lines, model)
  const restricted = isRestricted(lines, modelsOfVendor)
  return { ...scope, restricted, fingerprint: restricted ? `only ${[...scope.disabled].sort().join(' ')}` : '' }
}

export const fieldsOf = (model: CommonModel): readonly string[] => Object.keys(model.schema.properties)
