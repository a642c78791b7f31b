/** `GET /api/v1/{category}/{model}`: one model across the linked accounts of an organisation. */
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { TProperties } from '@sinclair/typebox'
import { hash } from 'node:crypto'
import type { CommonModel } from '#models'
import { readCursor, signCursor } from '../db/keyset.ts'
import { listAcrossAccounts, type AccountPlace } from '../records/aggregate.ts'
import { acrossAccounts, sendPage, type ModelRoutesDeps } from './model-access.ts'
import { futureWarnings, listParameters, listQuery, narrowing, type Parameters } from './model-parameters.ts'
import { present } from './model-reads.ts'

const accountParameters = {
  linked_account_id: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { minItems: 1, maxItems: 100, description: 'Only records of these linked accounts. Separated by commas or repeated, 100 at most.' })),
  integration: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Only records of accounts with the integration of this slug.' })),
  end_user_origin_id: Type.Optional(Type.String({ minLength: 1, maxLength: 512, description: 'Only records of the account of this end customer, by your own id.' })),
} as const

/** Those of the model's own list. Another order than that of the accounts would have to merge them all. */
function parametersOf(model: CommonModel): TProperties {
  const own = Object.entries(listParameters(model)).filter(([name]) => name !== 'order_by')
  return { ...Object.fromEntries(own), ...accountParameters }
}

export const aggregateRoute = (deps: ModelRoutesDeps, model: CommonModel): FastifyPluginAsyncTypebox => async (app) => {
  const { database, cursorKeys } = deps
  const url = acrossAccounts(model)
  app.get(url, {
    config: { scope: 'records:read' },
    schema: {
      tags: [model.category], summary: `List ${url.split('/').at(-1)!} across linked accounts`,
      description: `${model.doc} Each record names its linked account. Accounts follow one another in the order in which they were linked, the records of each by their last change. There is no way back: \`previous\` is null.`,
      querystring: Type.Object(parametersOf(model)),
    },
  }, async (request, reply) => {
    const { organizationId } = request.caller!
    const query = request.query as Parameters
    const records = narrowing(model, query)
    const accounts = {
      ids: (query['linked_account_id'] as readonly string[] | undefined)?.map((id) => id.toLowerCase()), integration: query['integration'] as string | undefined, endUserOriginId: query['end_user_origin_id'] as string | undefined,
    }
    const scope = `across ${organizationId} ${model.id} ${hash('sha256', JSON.stringify([records, accounts]), 'base64url')}`
    const place = query['cursor'] === undefined ? null : readCursor(cursorKeys, scope, String(query['cursor'])) as unknown as AccountPlace
    const { stretches, next } = await listAcrossAccounts(database, organizationId, model, { ...listQuery(model, query, records, null, []), accounts, place })
    const results: string[] = []
    for (const { account, rows } of stretches) {
      const named = `,"linked_account":${JSON.stringify(account)}}`
      for (const record of await present(deps, { organizationId, id: account.id }, model, rows, query)) results.push(`${record.slice(0, -1)}${named}`)
    }
    return sendPage(deps, reply, results, { next: next === null ? null : signCursor(cursorKeys, scope, { ...next }), previous: null, warnings: futureWarnings(query) })
  })
}
