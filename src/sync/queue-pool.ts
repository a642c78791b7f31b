import { DatabaseError, type Pool, type PoolClient } from 'pg'

/** A code of Postgres after which the queue tries again by itself, within milliseconds at first and every few seconds later. */
const REPEATED = '40001'
/** Restarting, away, out of connections or of room, read-only: what is asked again later may well be done. */
const PASSING = /^(?:57P|08|53|58|25006)/

/**
 * The queue ends a job behind our back, and where Postgres is away in that moment nobody catches the error, which ends the process. It repeats only
 * what it knows by its code; so all trouble with the connection gets one.
 */
export function knownToQueue(pool: Pool): Pool {
  const connect = pool.connect.bind(pool) as (callback?: unknown) => Promise<PoolClient>
  const known = (error: unknown): never => {
    const passes = !(error instanceof DatabaseError) || PASSING.test(error.code ?? '')
    throw passes ? Object.assign(new Error((error as Error).message, { cause: error }), { code: REPEATED }) : error
  }
  pool.on('connect', (client) => {
    const ask = client.query.bind(client) as (...given: unknown[]) => unknown
    client.query = ((...given: unknown[]) => {
      const answer = ask(...given)
      return answer instanceof Promise ? answer.catch(known) : answer
    }) as typeof client.query
  })
  pool.connect = ((callback?: unknown) => {
    if (callback !== undefined) return connect(callback)
    // Behind the end of the process there is nothing to repeat.
    return pool.ending ? new Promise(() => undefined) : connect().catch(known)
  }) as typeof pool.connect
  return pool
}
