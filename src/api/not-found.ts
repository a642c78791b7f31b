import type { FastifyInstance } from 'fastify'
import { Fault } from '../errors.ts'

/** `/a/:id` and `/docs/*` as patterns of whole paths. */
const patternOf = (url: string): RegExp =>
  new RegExp(`^${url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replaceAll(/[^\w-]/g, '\\$&'))).join('/')}/?$`)

/** 404 where there is nothing, 405 with `Allow` where another method would have been right. */
export function notFound(app: FastifyInstance): void {
  const methods = new Map<string, { pattern: RegExp; allow: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? { pattern: patternOf(url), allow: new Set<string>() }
    for (const name of [method].flat()) known.allow.add(name)
    methods.set(url, known)
  })
  app.setNotFoundHandler(({ url }) => {
    const path = url.split('?', 1)[0]!
    const allow = [...methods.values()].filter(({ pattern }) => pattern.test(path)).flatMap((known) => [...known.allow])
    throw allow.length === 0 ? new Fault('request.not_found') : new Fault('request.method_not_allowed', { detail: `This address takes ${[...new Set(allow)].join(', ')}.`, allow: [...new Set(allow)].join(', ') })
  })
}
