import { parseArgs } from 'node:util'
import { ConfigError } from './config.ts'
import { Fault } from './errors.ts'

const USAGE = `intermodal <command>

  demo [--once] [--size N]   link a sandbox account, sync it, and show what to do with it
  link PROVIDER [--organization NAME] [--category NAME] [--set NAME=VALUE]...
       [--end-user ID] [--name NAME] [--email ADDRESS] [--tokens FILE] [--account ID]
                             link an account of your own; secrets are asked for, or read from standard input.
                             With --tokens it is entered by what the vendor answered when somebody consented;
                             with --account one that exists is entered anew
  all                        API and worker in one process
  serve                      the API
  work                       the worker
  migrate                    bring the database to what this version needs
  logs                       print a link to the log page of the API on this machine
  doctor                     check configuration, database, keys and clock
  keys create --organization NAME [--name NAME] [--scopes A,B] [--json]
       [--passthrough 'METHODS PATH [VENDOR] [ACCOUNT-ID]']...
                             make an API key, and the organisation where it is new; with --passthrough
                             it sends vendors only what these rules allow
  readers create --organization NAME [--json]
                             make a login for the SQL views of an organisation
  readers drop --login NAME  take it away

Configuration is by environment: see .env.example, or run doctor.`

/** Commands are loaded when they are asked for: `doctor` must work where the rest does not. */
const commands: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  demo: async (args) => (await import('./cli/demo.ts')).demo(options(args, { once: { type: 'boolean', default: false }, size: { type: 'string', default: '1000' } })),
  async link(args) {
    const { values: { 'end-user': endUser, ...values }, positionals: [provider, ...more] } = linkArguments(args)
    if (provider === undefined || more.length > 0) throw new UsageError(NO_SECRET)
    return (await import('./cli/link.ts')).link({ provider, ...(endUser !== undefined && { endUser }), ...values })
  },
  all: async () => (await import('./cli/processes.ts')).start({ api: true, worker: true }),
  serve: async () => (await import('./cli/processes.ts')).start({ api: true, worker: false }),
  work: async () => (await import('./cli/processes.ts')).start({ api: false, worker: true }),
  migrate: async () => (await import('./cli/migrate.ts')).runMigrate(),
  logs: async () => (await import('./cli/logs.ts')).printLogLink(),
  doctor: async () => (await import('./cli/doctor.ts')).doctor(),
  async keys([verb, ...args]) {
    if (verb !== 'create') throw new UsageError('keys takes one verb: create')
    const values = options(args, { organization: { type: 'string' }, name: { type: 'string', default: 'command line' }, scopes: { type: 'string' }, passthrough: { type: 'string', multiple: true }, json: { type: 'boolean', default: false } })
    return (await import('./cli/keys.ts')).createKey(values)
  },
  async readers([verb, ...args]) {
    if (verb === 'create') return (await import('./cli/readers.ts')).addReader(options(args, { organization: { type: 'string' }, json: { type: 'boolean', default: false } }))
    if (verb === 'drop') return (await import('./cli/readers.ts')).removeReader(options(args, { login: { type: 'string' } }))
    throw new UsageError('readers takes one of two verbs: create, drop')
  },
}

class UsageError extends Error { override readonly name = 'UsageError' }

function options<const O extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(args: string[], spec: O) {
  try {
    return parseArgs({ args, options: spec, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

const NO_SECRET = 'link takes the name of a vendor and the options below. A secret is never an argument: it is asked for, or read from standard input'

/** What is wrong is not repeated: it may be a secret that was meant for the question. */
function linkArguments(args: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({ args, options: { organization: text, category: text, 'end-user': text, name: text, email: text, tokens: text, account: text, set: { type: 'string', multiple: true, default: [] as string[] } }, strict: true, allowPositionals: true })
  } catch {
    throw new UsageError(NO_SECRET)
  }
}

async function main([command, ...args]: string[]): Promise<number> {
  if (command === undefined || ['help', '--help', '-h'].includes(command)) {
    console.log(USAGE)
    return command === undefined ? 64 : 0
  }
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined
  if (run === undefined) throw new UsageError(`there is no command "${command}"`)
  return run(args)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  // Exit codes of sysexits.h: 64 usage, 78 configuration, 70 a mistake of ours.
  if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`)
  else if (error instanceof ConfigError || error instanceof Fault) console.error(error.message)
  else console.error(error)
  process.exitCode = error instanceof UsageError ? 64 : error instanceof ConfigError || (error instanceof Fault && error.code === 'account.credential_unreadable') ? 78 : 70
}
