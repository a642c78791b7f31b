/** Each common model as a view with typed columns, for those who ask in SQL. Made from the models, laid by `migrate`. */
import { createHash } from 'node:crypto'
import type pg from 'pg'
import { fieldShape, models, type CommonModel, type FieldShape } from '#models'
import { ConfigError } from '../config.ts'

type Queryable = Pick<pg.ClientBase, 'query'>

/** Owns the views, and is who reads the tables behind them. Nobody logs in with it. */
export const VIEWS_ROLE = 'intermodal_views'
/** May read the views. A reader's login is a member of it. */
export const READER_ROLE = 'intermodal_reader'
export const VIEWS_SCHEMA = 'intermodal'

interface Column { readonly name: string; readonly expression: string; readonly type: string; readonly doc: string }
export interface View { readonly name: string; readonly doc: string; readonly from: string; readonly columns: readonly Column[] }

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const literal = (text: string): string => `'${text.replaceAll('\'', '\'\'')}'`

const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
const LONG = '(0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])'
const SHORT = '(0[469]|11)-(0[1-9]|[12]\\d|30)'
const FEBRUARY = '02-(0[1-9]|1\\d|2[0-8])'
const LEAP_DAY = '(\\d\\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29'
/** Instants that exist: Postgres refuses the 30th of February, and with it the whole query. */
const INSTANT = `^(?!0000)(\\d{4}-(${LONG}|${SHORT}|${FEBRUARY})|${LEAP_DAY})T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?Z$`

/** A value of the body `b.f` in its type. What does not fit is null: one odd value must not be the end of a query over all. */
function typed(field: string, { many, relation, instant, nested, type }: FieldShape): Pick<Column, 'expression' | 'type'> {
  const [json, text] = [`b.f -> ${literal(field)}`, `b.f ->> ${literal(field)}`]
  const cast = (to: string, test: string): Pick<Column, 'expression' | 'type'> => ({ expression: `case when ${test} then (${text})::${to} end`, type: to })
  if (many || nested !== null || type === 'object' || type === 'any') return { expression: `nullif(${json}, 'null'::jsonb)`, type: 'jsonb' }
  if (relation !== null) return cast('uuid', `(${text}) ~ ${literal(UUID)}`)
  if (instant) return cast('timestamptz', `(${text}) ~ ${literal(INSTANT)}`)
  if (type === 'boolean') return cast('boolean', `jsonb_typeof(${json}) = 'boolean'`)
  if (type === 'integer' || type === 'number') return cast('numeric', `jsonb_typeof(${json}) = 'number'`)
  return { expression: `(${text})`, type: 'text' }
}

const plain = (table: string, name: string, type: string, doc: string): Column => ({ name, expression: `${table}.${name}`, type, doc })

function viewOf(model: CommonModel): View {
  const fields = Object.entries(model.schema.properties).map(([name, schema]) => ({ name, shape: fieldShape(schema), doc: schema.description ?? '' }))
  return {
    name: `${model.category}_${model.path.split('/').at(-1)!.replaceAll('-', '_')}`,
    doc: model.doc,
    // The join lets Postgres go by account where the organisation is a small part of the table. `offset 0`: the body is parsed once, not once a column.
    from: `public.${quoted(model.table)} r join public.linked_accounts a on a.id = r.linked_account_id cross join lateral (select r.body::jsonb as f offset 0) b`,
    columns: [
      plain('r', 'linked_account_id', 'uuid', 'The linked account that the record is of.'),
      plain('r', 'id', 'uuid', 'Our id.'),
      plain('r', 'remote_id', 'text', 'The vendor\'s id.'),
      plain('r', 'created_at', 'timestamptz', 'When the record first came.'),
      plain('r', 'modified_at', 'timestamptz', 'When it last changed here, by the clock of its account.'),
      plain('r', 'remote_was_deleted', 'boolean', 'True where the vendor no longer has it.'),
      plain('r', 'is_erased', 'boolean', 'True where it was emptied because a caller asked to ignore it.'),
      // Sensitive fields are not in the body, so no query can show them.
      ...fields.filter(({ shape }) => !shape.sensitive).map(({ name, shape, doc }) => ({ name, ...typed(name, shape), doc })),
      ...(model.hasRemoteFields ? [{ name: 'remote_fields', expression: 'r.remote_fields::jsonb', type: 'jsonb', doc: 'The vendor\'s fields beyond the model.' }] : []),
    ],
  }
}

const accounts: View = {
  name: 'linked_accounts', doc: 'The linked accounts of the organisation. What is of an account that is missing here has been erased.', from: 'public.linked_accounts a',
  columns: [
    plain('a', 'id', 'uuid', 'Our id.'), plain('a', 'category', 'text', 'hris, crm or ticketing.'), plain('a', 'integration', 'text', 'The slug of the integration.'), plain('a', 'status', 'text', 'COMPLETE, RELINK_NEEDED.'),
    plain('a', 'end_user_origin_id', 'text', 'Your own id of the end customer.'), plain('a', 'end_user_organization_name', 'text', 'The end customer\'s name.'), plain('a', 'created_at', 'timestamptz', 'When it was linked.'),
  ],
}

export const views: readonly View[] = [accounts, ...Object.values(models).map(viewOf)]
/** The tables that the views show. */
export const shownTables: ReadonlySet<string> = new Set(['linked_accounts', ...Object.values(models).map(({ table }) => table)])

/** Everything that makes one view, but the removal of an earlier one. */
function statementsOf({ name, doc, from, columns }: View): string[] {
  const view = `${VIEWS_SCHEMA}.${quoted(name)}`
  const made = [
    `create view ${view} as select ${columns.map((column) => `${column.expression} as ${quoted(column.name)}`).join(', ')} from ${from}`,
    ...columns.map((column) => `comment on column ${view}.${quoted(column.name)} is ${literal(column.doc)}`),
    `grant select on ${view} to ${READER_ROLE}`,
  ]
  // Told from an earlier one by what it was made of.
  return [...made, `comment on view ${view} is ${literal(`${doc} [${createHash('sha256').update(made.join(';')).digest('hex').slice(0, 16)}]`)}`]
}

interface Laid { readonly name: string; readonly comment: string; readonly owner: string; readonly granted: string }

/** Every view as this version's models say. Only what differs is made anew. */
export async function layViews(client: Queryable): Promise<void> {
  const { rows } = await client.query<Laid>(`
    select c.relname as name, coalesce(obj_description(c.oid, 'pg_class'), '') as comment, pg_get_userbyid(c.relowner)::text as owner,
      (select string_agg(coalesce(r.rolname, 'public') || ' ' || g.privilege_type, ', ' order by 1) from aclexplode(c.relacl) g left join pg_roles r on r.oid = g.grantee where g.grantee <> c.relowner) as granted
    from pg_class c where c.relnamespace = to_regnamespace('${VIEWS_SCHEMA}') and c.relkind = 'v'`)
  const laid = new Map(rows.map((row) => [row.name, row]))
  const wanted = new Map(views.map((view) => [view.name, statementsOf(view)]))
  const isLaid = ([name, statements]: readonly [string, readonly string[]]): boolean => {
    const found = laid.get(name)
    return found !== undefined && statements.at(-1)!.endsWith(`is ${literal(found.comment)}`) && found.owner === VIEWS_ROLE && found.granted === `${READER_ROLE} SELECT`
  }
  const missing = [...wanted].filter((entry) => !isLaid(entry))
  // Where somebody else has put a view beside ours, it is left alone.
  const gone = [...laid].filter(([name, { owner }]) => (wanted.has(name) ? missing.some(([other]) => other === name) : owner === VIEWS_ROLE)).map(([name]) => name)
  if (missing.length + gone.length === 0) return
  const statements = [
    `create schema if not exists ${VIEWS_SCHEMA} authorization ${VIEWS_ROLE}`,
    ...gone.map((name) => `drop view ${VIEWS_SCHEMA}.${quoted(name)}`),
    `set local role ${VIEWS_ROLE}`,
    `grant usage on schema ${VIEWS_SCHEMA} to ${READER_ROLE}`,
    ...missing.flatMap(([, made]) => made),
  ]
  try {
    await client.query(`begin; ${statements.join('; ')}; commit`)
  } catch (error) {
    if ((error as { code?: string }).code !== '2BP01') throw error
    throw new ConfigError(`Something in the database is built on a view that has changed: ${(error as { detail?: string }).detail ?? (error as Error).message} Drop it, start again, and copy into tables instead of building on the views of ${VIEWS_SCHEMA}.`, { cause: error })
  }
}
