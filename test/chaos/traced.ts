import { AsyncLocalStorage } from 'node:async_hooks'
import type { PoolClient, QueryConfig } from 'pg'
import type { Client, Database, Row } from '#src/db/client'
import type { SyncDeps } from '#src/sync/slice'
import type { Consent } from '#src/upstream/keeper'
import type { Tracer } from './points.ts'
import type { Point } from './schedule.ts'

/** What a worker prints when it finds that its lease is somebody else's. */
export const FENCED = 'a zombie was fenced'

type Slot = ReturnType<Tracer['slotOf']>

/** The dependencies of a worker, with somebody who looks over their shoulder. The engine itself knows nothing of it. */
export function traced(deps: SyncDeps, tracer: Tracer): SyncDeps {
  const current = new AsyncLocalStorage<Slot>()
  const reach = (point: Point | null): void => {
    const slot = current.getStore()
    if (slot !== undefined) tracer.reach(slot, point)
  }
  const watched = (client: Client, wrote: (what: 'page' | 'end') => void): Client => new Proxy(client, {
    get(target, key) {
      if (key !== 'query') return Reflect.get(target, key) as unknown
      return async (query: QueryConfig | string, values?: unknown[]) => {
        const { name = '', text } = typeof query === 'string' ? { text: query } : query
        if (name.startsWith('heads_')) { wrote('page'); reach('writing') }
        if (/update sync_states (?:s )?set status = \$3, last_result/.test(text)) { wrote('end'); reach('finishing') }
        const result = await (values === undefined ? target.query(query as QueryConfig) : target.query(query as string, values)) as { readonly rowCount: number | null }
        // Counted by whoever reads what workers print.
        if (name === 'hold_fence' && result.rowCount === 0) console.log(FENCED)
        if (name.startsWith('heads_')) reach('mapping')
        else if (name === 'keep_raw' || name === 'record_page') reach('writing')
        return result
      }
    },
  })
  /** Where the next turn is handed out over all organisations. */
  const claiming = (client: PoolClient): PoolClient => new Proxy(client, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (key !== 'query') return typeof value === 'function' ? value.bind(target) as unknown : value
      return async (query: QueryConfig | string) => {
        const isClaim = typeof query !== 'string' && query.name === 'claim_turn'
        // Nobody's yet.
        const asking = tracer.slotOf('-', '-')
        if (isClaim) tracer.reach(asking, 'taking')
        const result = await target.query<{ linkedAccountId: string; model: string; epoch: number }>(query as QueryConfig)
        const [taken] = result.rows
        if (isClaim) tracer.reach(asking, null)
        if (isClaim && taken !== undefined) tracer.reach(Object.assign(tracer.slotOf(taken.linkedAccountId, taken.model), { epoch: taken.epoch }), 'loading')
        return result
      }
    },
  })
  const database: Database = {
    ...deps.database,
    system: new Proxy(deps.database.system, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key)
        if (key === 'connect') return async () => claiming(await target.connect())
        return typeof value === 'function' ? value.bind(target) as unknown : value
      },
    }),
    async tenantQuery<R extends Row>(organizationId: string, query: QueryConfig) {
      const isTake = query.name === 'take_lease'
      // Both are asked in the first breath of a slice, so that all that follows in it knows whose it is.
      if (isTake || query.name === 'read_sync_state') current.enterWith(tracer.slotOf(...query.values as [string, string]))
      if (isTake) reach('taking')
      const isRelease = query.text.startsWith('update leases set holder = null')
      if (isRelease) reach('releasing')
      try {
        const rows = await deps.database.tenantQuery<R>(organizationId, query)
        if (query.name === 'heartbeat' && rows.length === 0) console.log(FENCED)
        const slot = current.getStore()
        if (isTake && slot !== undefined) {
          if (rows[0] !== undefined) slot.epoch = rows[0]['epoch'] as number
          tracer.reach(slot, rows[0] === undefined ? null : 'loading')
        }
        return rows
      } catch (error) {
        if (isTake) reach(null)
        throw error
      } finally {
        if (isRelease) reach(null)
      }
    },
    async tenant(organizationId, work) {
      let what: 'page' | 'end' | null = null
      const result = await deps.database.tenant(organizationId, async (client) => {
        const done = await work(watched(client, (wrote) => { what = wrote }))
        reach(what === 'page' ? 'committing' : what === 'end' ? 'ending' : 'beginning')
        return done
      })
      reach(what === 'page' ? 'between pages' : 'loading')
      return result
    },
  }
  /** Where the refresh token of a consent is handed in, and what came of it is not kept yet. */
  const watchedConsent = (consent: Consent): Consent => ({
    ...consent,
    hold: (wish, renew) => consent.hold(wish, async (...given) => {
      reach('renewing')
      const outcome = await renew(...given)
      reach('renewed')
      return outcome
    }),
  })
  return {
    ...deps, database,
    async account(...key) {
      const work = await deps.account(...key)
      return work?.consent === undefined ? work : { ...work, consent: watchedConsent(work.consent) }
    },
    door: {
      open(account, context) {
        const send = deps.door.open(account, context)
        return async (request) => {
          reach('reading page')
          const answer = await send(request)
          reach('page read')
          return answer
        }
      },
    },
  }
}
