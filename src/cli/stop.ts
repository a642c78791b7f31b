/** A terminal and npm both pass a Ctrl-C on, so one key press may arrive twice. */
const ONE_PRESS_MS = 1_000

/** Resolves with the first signal that asks for an orderly stop. Asked again later, the process ends at once. */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let askedAt: number | null = null
    const stop = (signal: NodeJS.Signals): void => {
      if (askedAt !== null && performance.now() - askedAt > ONE_PRESS_MS) process.exit(130)
      askedAt ??= performance.now()
      resolve(signal)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}
