import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { models } from '#models'
import { actorOf } from '../audit/audit.ts'
import type { Database } from '../db/client.ts'
import { PassthroughRules } from '../http/passthrough-rules.ts'
import { generateKey, regenerateKey } from './issue-key.ts'

const Named = Type.Object({ name: Type.String({ minLength: 1, maxLength: 200, pattern: String.raw`\S` }) }, { additionalProperties: false })
const Made = Type.Object({ ...Named.properties, passthrough_rules: Type.Optional(Type.Union([PassthroughRules, Type.Null()], { description: 'What of the vendors\' own APIs the key may reach, beside what its scopes say: a request that no rule allows is refused. Left out or null: the rules of the key that asks, where it has any.' })) }, { additionalProperties: false })
const Key = Type.Object({ name: Type.String(), key: Type.String({ description: 'Shown once.' }) }, { $id: 'RemoteKey' })

/** API keys for other machines of the same organisation; the same for every category. */
export const keyRoutes = ({ database }: { readonly database: Database }): FastifyPluginAsyncTypebox => async (app) => {
  for (const category of new Set(Object.values(models).map((model) => model.category))) {
    app.post(`/api/${category}/v1/generate-key`, {
      config: { scope: 'keys:write' },
      schema: { tags: [category], summary: 'Make an API key', description: 'It has the scopes of the key that asks, and its passthrough rules or narrower ones.', body: Made, response: { 200: Key } },
    }, async (request) => ({ name: request.body.name, key: await generateKey(database, request.caller!, request.body, actorOf(request)) }))

    app.post(`/api/${category}/v1/regenerate-key`, {
      config: { scope: 'keys:write' },
      schema: { tags: [category], summary: 'Replace an API key', description: 'The old key is refused from now on; other processes notice within five seconds. The new one has its scopes and its passthrough rules.', body: Named, response: { 200: Key } },
    }, async (request) => ({ name: request.body.name, key: await regenerateKey(database, request.caller!, request.body.name, actorOf(request)) }))
  }
}
