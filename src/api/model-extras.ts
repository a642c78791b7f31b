/** The few operations that only one model has. */
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { fieldShape, type CommonModel } from '#models'
import { ownAccount } from '../http/caller.ts'
import { distinctWords } from '../records/words.ts'
import { notYetServed } from './awaiting.ts'
import { documented, READS, routed, type ModelRoutesDeps } from './model-access.ts'
import { flag } from './model-parameters.ts'
import { associateRoute } from './model-writes.ts'

type Extra = (deps: ModelRoutesDeps, model: CommonModel) => FastifyPluginAsyncTypebox

/** The kinds of group that there are: those of the account, or without one those that we have words for. */
const groupTypes: Extra = ({ database }, model) => async (app) => {
  app.get(routed(model, `${model.path}/types`), {
    config: { scope: 'records:read', account: 'optional' },
    schema: {
      tags: [model.category], summary: 'List the kinds of group', description: 'Those that groups of the linked account have; without an account token, the words of the common model.',
      querystring: Type.Object({
        include_deleted_data: flag('Also kinds that only groups have which the vendor no longer has.'),
        show_enum_origins: Type.Optional(Type.Literal('type', { description: 'The vendor\'s own words instead of ours.' })),
      }),
      response: { 200: Type.Object({ types: Type.Array(Type.String()) }) },
    },
  }, async (request) => {
    if (request.account === null) return { types: [...fieldShape(model.schema.properties['type']!).words ?? []] }
    const { include_deleted_data: includeDeleted = false, show_enum_origins: origins } = request.query
    return { types: await distinctWords(database, ownAccount(request, model), model, 'type', { includeDeleted, origins: origins !== undefined }) }
  })
}

const text = (description: string) => Type.Optional(Type.String({ maxLength: 1024, description }))
const texts = (description: string) => Type.Optional(Type.Array(Type.String({ maxLength: 1024 }), { maxItems: 20, description }))

const liveSearch: Extra = (_, model) => async (app) => {
  const path = `${model.path}/live-search`
  app.get(routed(model, path), {
    config: READS,
    schema: {
      tags: [model.category], summary: 'Search at the vendor', description: 'Asks the vendor at once instead of the store.',
      querystring: Type.Object({
        remote_cursor: text('The vendor\'s own cursor, from an earlier answer.'),
        name: text('Words of the title.'),
        status: text('Only tickets of this status.'),
        ticket_url: text('Only the ticket at this address.'),
        assignee_ids: texts('Only tickets of any of these users, by our ids.'),
        assignees: texts('The same as `assignee_ids`.'),
        collection_ids: texts('Only tickets in any of these collections, by our ids.'),
        collections: texts('The same as `collection_ids`.'),
        include_deleted_data: flag('Also tickets that the vendor marks as deleted.'),
        include_remote_fields: flag('Add the vendor\'s fields beyond the common model.'),
        include_shell_data: flag('Accepted for compatibility.'),
        show_enum_origins: texts('Fields in which the vendor\'s own word is to stand instead of ours.'),
        remote_fields: texts('The old name of `show_enum_origins`.'),
      }),
    },
  }, async (request) => {
    ownAccount(request, model)
    throw notYetServed(`GET ${documented(model, path)}`)
  })
}

export const extras: Readonly<Record<string, readonly Extra[]>> = {
  'hris.Group': [groupTypes],
  'crm.Association': [(_, model) => associateRoute(model)],
  'ticketing.Ticket': [liveSearch],
}
