/** Logins for those who ask in SQL: each is of one organisation, and reads the views and nothing else. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { audit } from '../audit/audit.ts'
import { ConfigError } from '../config.ts'
import { openPool, SYSTEM_ROLE, transaction, type Client, type Database } from '../db/client.ts'
import { READER_ROLE, VIEWS_SCHEMA } from '../db/views.ts'
import { Fault } from '../errors.ts'

const ITERATIONS = 4096

/** What Postgres keeps of a password (RFC 5803). Made here, so that the password is in no statement and in no log of the server. */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16), iterations = ITERATIONS): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  const keyed = (words: string): Buffer => createHmac('sha256', salted).update(words).digest()
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`
}

/** As the user of DATABASE_URL, who alone may make roles, in one transaction: role and row come and go together. */
async function asOwner<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const pool = openPool({ connectionString: url, max: 1, connectionTimeoutMillis: 10_000, application_name: 'intermodal readers' })
  try {
    return await transaction(pool, work)
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error
    const { rows: [row] } = await pool.query<{ user: string }>('select quote_ident(current_user) as user')
    throw new ConfigError([
      `The user of DATABASE_URL may not make or drop logins (${(error as Error).message}). Let an administrator run this, then try again:`,
      `  alter role ${row!.user} createrole;`,
      `  grant ${READER_ROLE} to ${row!.user} with admin option;`,
    ].join('\n'), { cause: error })
  } finally {
    await pool.end()
  }
}

/** A new login for the organisation of that name. The password is in the answer and nowhere else. */
export function createReader(database: Database, organizationName: string): Promise<{ login: string; password: string }> {
  // Everybody on a server sees the names of its roles, so this one tells nothing.
  const login = `${READER_ROLE}_${randomBytes(6).toString('hex')}`
  const password = randomBytes(32).toString('base64url')
  return asOwner(database.url, async (client) => {
    await client.query(`create role ${login} login password '${scramVerifier(password)}' in role ${READER_ROLE}`)
    // A convenience, no guard: the owner of a session may change its settings.
    await client.query(`alter role ${login} set search_path = ${VIEWS_SCHEMA}; alter role ${login} set default_transaction_read_only = on`)
    await client.query(`set local role ${SYSTEM_ROLE}`)
    const { rows: [organization] } = await client.query<{ id: string }>('select id from organizations where name = $1', [organizationName.trim()])
    if (organization === undefined) throw new Fault('request.not_found', { detail: `There is no organisation "${organizationName}".` })
    await client.query('insert into readers (role_name, organization_id) values ($1, $2)', [login, organization.id])
    await audit(client, { organizationId: organization.id, event: 'CREATED_READER', description: 'A login for the SQL views was made.', subject: login, actor: null })
    return { login, password }
  })
}

/** Takes a login away. Sessions that it has open are refused from then on. */
export function dropReader(database: Database, login: string): Promise<void> {
  return asOwner(database.url, async (client) => {
    await client.query(`set local role ${SYSTEM_ROLE}`)
    const { rows: [reader] } = await client.query<{ organization_id: string }>('delete from readers where role_name = $1 returning organization_id', [login])
    if (reader === undefined) throw new Fault('request.not_found', { detail: `There is no login "${login}".` })
    await audit(client, { organizationId: reader.organization_id, event: 'DROPPED_READER', description: 'A login for the SQL views was taken away.', subject: login, actor: null })
    await client.query('reset role')
    await client.query(`drop role if exists ${client.escapeIdentifier(login)}`)
  })
}
