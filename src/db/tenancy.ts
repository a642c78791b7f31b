import type pg from 'pg'
import { ConfigError } from '../config.ts'
import { APP_ROLE, SYSTEM_ROLE } from './client.ts'

type Queryable = Pick<pg.ClientBase, 'query'>

/** Tables that nothing which answers a caller may touch, even its own organisation's rows. */
const systemOnly = ['key_canary', 'data_keys', 'api_keys']
/** Tables that callers' work may read, but not change. */
const readOnly = ['organizations']
/** Tables that nobody may rewrite: what was noted stays noted. */
const appendOnly = ['audit_events']

const own = `(select nullif(current_setting('app.organization_id', true), '')::uuid)`
/** How Postgres prints that comparison back; versions differ in what follows the cast. */
const ownPrinted = (column: string): RegExp => new RegExp(String.raw`^\(${column} = \( SELECT \(NULLIF\(current_setting\('app\.organization_id'::text, true\), ''::text\)\)::uuid[^()]*\)\)$`)

interface Policy { readonly name: string; readonly roles: readonly string[]; readonly command: string; readonly permissive: boolean; readonly using: string | null; readonly check: string | null }
interface Table {
  readonly name: string
  readonly kind: 'table' | 'partition' | 'view'
  readonly secured: boolean
  readonly forced: boolean
  /** The column that says whose row it is; null: nobody's, so only the system sees it. */
  readonly tenantColumn: string | null
  readonly policies: readonly Policy[]
  readonly appMay: readonly string[]
  readonly systemMay: readonly string[]
}

const inspect = async (client: Queryable): Promise<Table[]> => (await client.query<Table>(`
  select c.relname as name,
    case when c.relkind in ('v', 'm') then 'view' when c.relispartition then 'partition' else 'table' end as kind,
    case when c.relkind in ('v', 'm') then coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on'], false) else c.relrowsecurity end as secured,
    c.relforcerowsecurity as forced,
    case when c.relname = 'organizations' then 'id' else (select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped) end as "tenantColumn",
    coalesce((select json_agg(json_build_object('name', p.polname, 'roles', array(select r.rolname::text from pg_roles r where r.oid = any (p.polroles)), 'command', p.polcmd,
      'permissive', p.polpermissive, 'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)) order by p.polname) from pg_policy p where p.polrelid = c.oid), '[]') as policies,
    ${[APP_ROLE, SYSTEM_ROLE].map((role, at) => `array(select privilege from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) privilege
      where exists (select from pg_roles r where r.rolname = '${role}' and has_table_privilege(r.oid, c.oid, privilege))) as "${at === 0 ? 'appMay' : 'systemMay'}"`).join(',\n    ')}
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  order by c.relname`)).rows

const rightsOf = (table: Table): { app: readonly string[]; system: readonly string[] } => {
  const all = ['SELECT', 'INSERT', 'UPDATE', 'DELETE']
  if (table.kind !== 'table') return { app: [], system: [] }
  if (table.tenantColumn === null || systemOnly.includes(table.name)) return { app: [], system: all }
  if (appendOnly.includes(table.name)) return { app: ['SELECT', 'INSERT'], system: ['SELECT', 'INSERT'] }
  return { app: readOnly.includes(table.name) ? ['SELECT'] : all, system: all }
}

const wanted = (table: Table): readonly string[] => (table.kind !== 'table' ? [] : table.tenantColumn === null ? ['system'] : ['system', 'tenant'])

function isRight(table: Table, policy: Policy): boolean {
  if (!policy.permissive || policy.command !== '*' || !wanted(table).includes(policy.name)) return false
  if (policy.name === 'system') return policy.roles.join() === SYSTEM_ROLE && policy.using === 'true' && policy.check === 'true'
  const form = ownPrinted(table.tenantColumn!)
  return policy.roles.join() === APP_ROLE && form.test(policy.using ?? '') && form.test(policy.check ?? '')
}

function flawsOf(table: Table): string[] {
  if (table.kind === 'view') return table.secured ? [] : [`view ${table.name} is not security_invoker`]
  const rights = rightsOf(table)
  return [
    ...(table.secured && table.forced ? [] : [`${table.name} has no forced row-level security`]),
    ...wanted(table).filter((name) => !table.policies.some((policy) => policy.name === name)).map((name) => `${table.name} has no ${name} policy`),
    ...table.policies.filter((policy) => !isRight(table, policy)).map((policy) => `${table.name} has a policy "${policy.name}" that is not ours`),
    ...(table.appMay.join() === rights.app.join() ? [] : [`${APP_ROLE} may ${table.appMay.join(', ') || 'nothing'} on ${table.name}`]),
    ...(table.systemMay.join() === rights.system.join() ? [] : [`${SYSTEM_ROLE} may ${table.systemMay.join(', ') || 'nothing'} on ${table.name}`]),
  ]
}

/** Everything by which one organisation's rows might reach another: empty when all is as it should be. */
export async function tenancyFlaws(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ rolname: string }>(`
    select rolname from pg_roles where rolname in ('${APP_ROLE}', '${SYSTEM_ROLE}') and (rolsuper or rolbypassrls or rolcreaterole or rolcanlogin)
    union all select pg_get_userbyid(relowner) from pg_class where relnamespace = 'public'::regnamespace and pg_get_userbyid(relowner) in ('${APP_ROLE}', '${SYSTEM_ROLE}')`)
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
      const test = policy === 'system' ? 'true' : `${table.tenantColumn} = ${own}`
      statements.push(`create policy ${policy} on ${name} to ${policy === 'system' ? SYSTEM_ROLE : APP_ROLE} using (${test}) with check (${test})`)
    }
    statements.push(`revoke all on ${name} from ${APP_ROLE}, ${SYSTEM_ROLE}, public`)
    for (const [role, granted] of [[APP_ROLE, rights.app], [SYSTEM_ROLE, rights.system]] as const) if (granted.length > 0) statements.push(`grant ${granted.join(', ')} on ${name} to ${role}`)
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
  asked.push({ has: `has_function_privilege('${SYSTEM_ROLE}', '${drop}', 'execute')`, grant: `grant execute on function ${drop} to ${SYSTEM_ROLE}` })
  const { rows: [row] } = await client.query<{ held: boolean[] }>(`select array[${asked.map(({ has }) => has).join(', ')}] as held`)
  return [
    ...asked.filter((_, at) => !row!.held[at]).map(({ grant }) => grant),
    ...(database!.create ? [] : [`grant create on database ${quoted(database!.name)} to ${SYSTEM_ROLE}`]),
  ]
}

/** The two roles are the cluster's, so other databases may be making them at this moment. */
async function ensureRoles(client: Queryable): Promise<void> {
  for (const role of [APP_ROLE, SYSTEM_ROLE]) {
    await client.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
    exception when duplicate_object or unique_violation then null; end $$`)
  }
  for (let attempt = 0; !(await mayBecome(client)); attempt += 1) {
    try {
      await client.query(`grant ${APP_ROLE}, ${SYSTEM_ROLE} to current_user`)
    } catch (error) {
      // 23505 and XX000 ("tuple concurrently updated"): somebody else granted the same.
      if (attempt > 20 || !['23505', 'XX000'].includes((error as { code?: string }).code ?? '')) throw error
    }
  }
}

async function mayBecome(client: Queryable): Promise<boolean> {
  const { rows: [row] } = await client.query<{ may: boolean }>(`
    select bool_and(pg_has_role(current_user, role, case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)) as may
    from unnest(array['${APP_ROLE}', '${SYSTEM_ROLE}']) role`)
  return row!.may
}

/** What an administrator must run where the URL's user may not: in the words of SQL. */
export async function missingRights(client: Queryable, cause: unknown): Promise<ConfigError> {
  const { rows: [row] } = await client.query<{ user: string; database: string }>('select current_user as user, current_database() as database')
  const [user, database] = [quoted(row!.user), quoted(row!.database)]
  return new ConfigError([
    `The user of DATABASE_URL may not set the database up (${(cause as Error).message}). Let an administrator run this in it, then start again:`,
    ...[APP_ROLE, SYSTEM_ROLE].map((role) => `  do $$ begin create role ${role} nologin; exception when duplicate_object then null; end $$;`),
    `  grant ${APP_ROLE}, ${SYSTEM_ROLE} to ${user};`,
    `  grant create on database ${database} to ${user}, ${SYSTEM_ROLE};`,
    `  grant create, usage on schema public to ${user};`,
  ].join('\n'), { cause })
}
