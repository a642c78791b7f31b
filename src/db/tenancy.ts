import type pg from 'pg'
import { ConfigError } from '../config.ts'
import { APP_ROLE, SYSTEM_ROLE } from './client.ts'
import { READER_ROLE, shownTables, VIEWS_ROLE } from './views.ts'

type Queryable = Pick<pg.ClientBase, 'query'>

/** Tables that nothing which answers a caller may touch, even its own organisation's rows. */
const systemOnly = ['key_canary', 'data_keys', 'api_keys', 'readers']
/** Tables that callers' work may read, but not change. */
const readOnly = ['organizations']
/** Tables that nobody may rewrite: what was noted stays noted. */
const appendOnly = ['audit_events']

const own = `(select nullif(current_setting('app.organization_id', true), '')::uuid)`
/** How Postgres prints that comparison back; versions differ in what follows the cast. */
const ownPrinted = (column: string): RegExp => new RegExp(String.raw`^\(${column} = \( SELECT \(NULLIF\(current_setting\('app\.organization_id'::text, true\), ''::text\)\)::uuid[^()]*\)\)$`)

/** Whoever reads through a view is the organisation's that his login belongs to; no setting of his changes that. */
const readersOwn = '(select organization_id from public.readers where role_name = current_user)'
const readersOwnPrinted = (column: string): RegExp => new RegExp(String.raw`^\(${column} = \( SELECT readers\.organization_id\s+FROM (?:public\.)?readers\s+WHERE \(readers\.role_name = CURRENT_USER\)\)\)$`)

const roles = [APP_ROLE, SYSTEM_ROLE, VIEWS_ROLE, READER_ROLE] as const
/** Those that the user of DATABASE_URL becomes. */
const taken = [APP_ROLE, SYSTEM_ROLE, VIEWS_ROLE] as const
type Rights = Readonly<Record<(typeof roles)[number], readonly string[]>>
type PolicyName = 'system' | 'tenant' | 'reader' | 'self'
const roleNames = roles.map((role) => `'${role}'`).join(', ')
const ruled: Readonly<Record<PolicyName, string>> = { system: SYSTEM_ROLE, tenant: APP_ROLE, reader: VIEWS_ROLE, self: VIEWS_ROLE }

interface Policy { readonly name: string; readonly roles: readonly string[]; readonly command: string; readonly permissive: boolean; readonly using: string | null; readonly check: string | null }
interface Table {
  readonly name: string
  readonly kind: 'table' | 'partition' | 'view'
  readonly secured: boolean
  readonly forced: boolean
  /** The column that says whose row it is; null: nobody's, so only the system sees it. */
  readonly tenantColumn: string | null
  readonly policies: readonly Policy[]
  readonly may: Rights
}

const inspect = async (client: Queryable): Promise<Table[]> => (await client.query<Table>(`
  select c.relname as name,
    case when c.relkind in ('v', 'm') then 'view' when c.relispartition then 'partition' else 'table' end as kind,
    case when c.relkind in ('v', 'm') then coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on'], false) else c.relrowsecurity end as secured,
    c.relforcerowsecurity as forced,
    case when c.relname = 'organizations' then 'id' else (select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped) end as "tenantColumn",
    coalesce((select json_agg(json_build_object('name', p.polname, 'roles', array(select r.rolname::text from pg_roles r where r.oid = any (p.polroles)), 'command', p.polcmd,
      'permissive', p.polpermissive, 'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)) order by p.polname) from pg_policy p where p.polrelid = c.oid), '[]') as policies,
    json_build_object(${roles.map((role) => `'${role}', array(select privilege from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) privilege
      where exists (select from pg_roles r where r.rolname = '${role}' and has_table_privilege(r.oid, c.oid, privilege)))`).join(',\n      ')}) as may
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  order by c.relname`)).rows

function rightsOf(table: Table): Rights {
  const all = ['SELECT', 'INSERT', 'UPDATE', 'DELETE']
  const views = wanted(table).some((name) => ruled[name] === VIEWS_ROLE) ? ['SELECT'] : []
  const rights = (app: readonly string[], system: readonly string[]): Rights => ({ [APP_ROLE]: app, [SYSTEM_ROLE]: system, [VIEWS_ROLE]: views, [READER_ROLE]: [] })
  if (table.kind !== 'table') return rights([], [])
  if (table.tenantColumn === null || systemOnly.includes(table.name)) return rights([], all)
  if (appendOnly.includes(table.name)) return rights(['SELECT', 'INSERT'], ['SELECT', 'INSERT'])
  return rights(readOnly.includes(table.name) ? ['SELECT'] : all, all)
}

function wanted(table: Table): readonly PolicyName[] {
  if (table.kind !== 'table') return []
  if (table.tenantColumn === null) return ['system']
  return ['system', 'tenant', ...(shownTables.has(table.name) ? ['reader' as const] : table.name === 'readers' ? ['self' as const] : [])]
}

/** What a policy tests, as it is written, and as Postgres prints it back. */
function testOf({ tenantColumn: column }: Table, policy: PolicyName): { sql: string; printed: RegExp } {
  switch (policy) {
    case 'system': return { sql: 'true', printed: /^true$/ }
    case 'tenant': return { sql: `${column} = ${own}`, printed: ownPrinted(column!) }
    case 'reader': return { sql: `${column} = ${readersOwn}`, printed: readersOwnPrinted(column!) }
    case 'self': return { sql: 'role_name = current_user', printed: /^\(role_name = CURRENT_USER\)$/ }
  }
}

function isRight(table: Table, policy: Policy): boolean {
  const name = wanted(table).find((one) => one === policy.name)
  if (!policy.permissive || policy.command !== '*' || name === undefined) return false
  const { printed } = testOf(table, name)
  return policy.roles.join() === ruled[name] && printed.test(policy.using ?? '') && printed.test(policy.check ?? '')
}

function flawsOf(table: Table): string[] {
  if (table.kind === 'view') return table.secured ? [] : [`view ${table.name} is not security_invoker`]
  const rights = rightsOf(table)
  return [
    ...(table.secured && table.forced ? [] : [`${table.name} has no forced row-level security`]),
    ...wanted(table).filter((name) => !table.policies.some((policy) => policy.name === name)).map((name) => `${table.name} has no ${name} policy`),
    ...table.policies.filter((policy) => !isRight(table, policy)).map((policy) => `${table.name} has a policy "${policy.name}" that is not ours`),
    ...roles.filter((role) => table.may[role].join() !== rights[role].join()).map((role) => `${role} may ${table.may[role].join(', ') || 'nothing'} on ${table.name}`),
  ]
}

/** Everything by which one organisation's rows might reach another: empty when all is as it should be. */
export async function tenancyFlaws(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ rolname: string }>(`
    select rolname from pg_roles where rolname in (${roleNames}) and (rolsuper or rolbypassrls or rolcreaterole or rolcanlogin)
    union all select pg_get_userbyid(relowner) from pg_class where relnamespace = 'public'::regnamespace and pg_get_userbyid(relowner) in (${roleNames})
    union all select rolname from pg_roles where rolname in (${roleNames}) and exists (select from pg_auth_members m where m.member = pg_roles.oid)`)
  return [...rows.map(({ rolname }) => `role ${rolname} has powers by which it passes row-level security`), ...(await inspect(client)).flatMap(flawsOf)]
}

/** Roles, grants and row-level security as they should be. Changes only what is not: a start under load locks no table for nothing. */
export async function secureTenancy(client: Queryable): Promise<void> {
  await ensureRoles(client)
  const statements: string[] = []
  for (const table of (await inspect(client)).filter(({ kind, ...rest }) => kind !== 'view' && flawsOf({ kind, ...rest }).length > 0)) {
    const name = quoted(table.name)
    const rights = rightsOf(table)
    statements.push(`alter table ${name} enable row level security, force row level security`)
    for (const policy of table.policies.filter((candidate) => !isRight(table, candidate))) statements.push(`drop policy ${quoted(policy.name)} on ${name}`)
    const present = table.policies.filter((policy) => isRight(table, policy)).map((policy) => policy.name)
    for (const policy of wanted(table).filter((missing) => !present.includes(missing))) {
      const { sql } = testOf(table, policy)
      statements.push(`create policy ${policy} on ${name} to ${ruled[policy]} using (${sql}) with check (${sql})`)
    }
    statements.push(`revoke all on ${name} from ${roles.join(', ')}, public`)
    for (const role of roles.filter((one) => rights[one].length > 0)) statements.push(`grant ${rights[role].join(', ')} on ${name} to ${role}`)
  }
  statements.push(...(await missingGrants(client)))
  if (statements.length > 0) await client.query(`begin; ${statements.join('; ')}; commit`)
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** What is granted beside tables, as far as it is not yet. */
async function missingGrants(client: Queryable): Promise<string[]> {
  const { rows: [database] } = await client.query<{ name: string; create: boolean }>(`select current_database() as name, has_database_privilege('${SYSTEM_ROLE}', current_database(), 'create') as create`)
  const ensure = 'public.ensure_log_partitions(date, int)'
  const drop = 'public.drop_log_partitions(date)'
  const asked = [APP_ROLE, SYSTEM_ROLE].flatMap((role) => [
    { has: `has_schema_privilege('${role}', 'public', 'usage')`, grant: `grant usage on schema public to ${role}` },
    { has: `has_schema_privilege('${role}', 'drizzle', 'usage')`, grant: `grant usage on schema drizzle to ${role}` },
    { has: `has_table_privilege('${role}', 'drizzle.__drizzle_migrations', 'select')`, grant: `grant select on drizzle.__drizzle_migrations to ${role}` },
    { has: `has_function_privilege('${role}', '${ensure}', 'execute')`, grant: `grant execute on function ${ensure} to ${role}` },
  ])
  asked.push({ has: `has_schema_privilege('${VIEWS_ROLE}', 'public', 'usage')`, grant: `grant usage on schema public to ${VIEWS_ROLE}` })
  asked.push({ has: `has_function_privilege('${SYSTEM_ROLE}', '${drop}', 'execute')`, grant: `grant execute on function ${drop} to ${SYSTEM_ROLE}` })
  const { rows: [row] } = await client.query<{ held: boolean[] }>(`select array[${asked.map(({ has }) => has).join(', ')}] as held`)
  return [
    ...asked.filter((_, at) => !row!.held[at]).map(({ grant }) => grant),
    ...(database!.create ? [] : [`grant create on database ${quoted(database!.name)} to ${SYSTEM_ROLE}`]),
  ]
}

/** The roles are the cluster's, so other databases may be making them at this moment. */
async function ensureRoles(client: Queryable): Promise<void> {
  for (const role of roles) {
    await client.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
    exception when duplicate_object or unique_violation then null; end $$`)
  }
  for (let attempt = 0; !(await mayBecome(client)); attempt += 1) {
    try {
      await client.query(`grant ${taken.join(', ')} to current_user`)
    } catch (error) {
      // 23505 and XX000 ("tuple concurrently updated"): somebody else granted the same.
      if (attempt > 20 || !['23505', 'XX000'].includes((error as { code?: string }).code ?? '')) throw error
    }
  }
}

async function mayBecome(client: Queryable): Promise<boolean> {
  const { rows: [row] } = await client.query<{ may: boolean }>(`
    select bool_and(pg_has_role(current_user, role, case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)) as may
    from unnest(array[${taken.map((role) => `'${role}'`).join(', ')}]) role`)
  return row!.may
}

/** What an administrator must run where the URL's user may not: in the words of SQL. */
export async function missingRights(client: Queryable, cause: unknown): Promise<ConfigError> {
  const { rows: [row] } = await client.query<{ user: string; database: string }>('select current_user as user, current_database() as database')
  const [user, database] = [quoted(row!.user), quoted(row!.database)]
  return new ConfigError([
    `The user of DATABASE_URL may not set the database up (${(cause as Error).message}). Let an administrator run this in it, then start again:`,
    ...roles.map((role) => `  do $$ begin create role ${role} nologin; exception when duplicate_object then null; end $$;`),
    `  grant ${taken.join(', ')} to ${user};`,
    `  grant create on database ${database} to ${user}, ${SYSTEM_ROLE};`,
    `  grant create, usage on schema public to ${user};`,
  ].join('\n'), { cause })
}
