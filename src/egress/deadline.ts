import { Fault } from '../errors.ts'

/** A bound on time for a whole exchange; undici's timeouts start anew with each byte, and a vendor can drip for ever. */
export interface Deadline {
  readonly signal: AbortSignal
  /** A shorter bound for a part of it; call the result when the part is over. */
  readonly within: (ms: number) => () => void
  readonly end: () => void
}

export function deadline(ms: number, host: string, outer?: AbortSignal): Deadline {
  const controller = new AbortController()
  const after = (delay: number, detail: string): NodeJS.Timeout => setTimeout(() => controller.abort(new Fault('upstream.timed_out', { detail })), delay)
  const stop = (): void => controller.abort(outer?.reason)
  const whole = after(ms, `${host} did not finish its answer within ${ms / 1000} seconds.`)
  outer?.addEventListener('abort', stop, { once: true })
  if (outer?.aborted === true) stop()
  return {
    signal: controller.signal,
    within(part) {
      const timer = after(part, `${host} did not begin to answer within ${part / 1000} seconds.`)
      return () => clearTimeout(timer)
    },
    end() {
      clearTimeout(whole)
      outer?.removeEventListener('abort', stop)
    },
  }
}
