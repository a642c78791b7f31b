/** Every operation on every common model, made from the models themselves. */
import type { FastifyPluginAsync } from 'fastify'
import { remoteFieldClassRoutes } from './remote-field-classes.ts'
import type { ModelRoutesDeps } from './model-access.ts'
import { aggregateRoute } from './model-aggregate.ts'
import { extras } from './model-extras.ts'
import { ignoreRoute } from './model-ignore.ts'
import { metaRoutes } from './model-meta.ts'
import { readRoutes } from './model-reads.ts'
import { writeRoutes } from './model-writes.ts'

/** The router prefers fixed segments over parameters, so `/tickets/live-search` is never taken for a ticket. */
export const modelRoutes = (deps: ModelRoutesDeps): FastifyPluginAsync => async (app) => {
  for (const model of Object.values(deps.models)) {
    await app.register(readRoutes(deps, model))
    await app.register(aggregateRoute(deps, model))
    await app.register(metaRoutes(deps, model))
    await app.register(writeRoutes(model))
    if (model.ignorable) await app.register(ignoreRoute(deps, model))
    if (model.remoteFieldClassesPath !== null) await app.register(remoteFieldClassRoutes(deps, model, model.remoteFieldClassesPath))
    for (const extra of extras[model.id] ?? []) await app.register(extra(deps, model))
  }
}
