import { readConfig } from '../config.ts'
import { Fault } from '../errors.ts'
import { scopes as allScopes, type Scope } from '../http/caller.ts'
import { parseRule } from '../http/passthrough-rules.ts'
import { createApiKey } from '../organizations/keys.ts'
import { openPostgres, processLog } from './house.ts'

/** `intermodal keys create`: the key is printed once and kept nowhere. */
export async function createKey({ organization, name, scopes, passthrough, json }: { organization?: string; name: string; scopes?: string; passthrough?: string[]; json: boolean }): Promise<number> {
  if (organization === undefined) throw new Fault('request.invalid', { detail: 'Whose key? Say it with --organization NAME.' })
  const wanted = scopes?.split(',').map((scope) => scope.trim())
  const unknown = wanted?.find((scope) => !allScopes.includes(scope as Scope))
  if (unknown !== undefined) throw new Fault('request.invalid', { detail: `There is no scope "${unknown}". There are: ${allScopes.join(', ')}.` })
  const passthroughRules = passthrough?.map(parseRule)
  const postgres = await openPostgres(readConfig(), processLog('warn'))
  try {
    const { apiKey } = await createApiKey(postgres.database, { organizationName: organization, name, ...(wanted === undefined ? {} : { scopes: wanted as Scope[] }), ...(passthroughRules !== undefined && { passthroughRules }) })
    console.log(json ? JSON.stringify({ api_key: apiKey }) : `API key of ${organization} (it is shown only now):\n${apiKey}`)
    return 0
  } finally {
    await postgres.close()
  }
}
