import type { Mutant } from './mutant.ts'

const test = 'test/unit/tenant.test.ts'
const breaker = 'test/integration/breaker.test.ts'
const windows = 'test/property/windows.test.ts'
const limiter = 'test/unit/limiter.test.ts'

/** Mistakes of those who ask a vendor for more than it gives. */
export const budgetMutants: readonly Mutant[] = [
  { row: 'F01', what: 'all processes come back from a silence at once', test, file: 'src/upstream/tenant.ts', find: '    if (tenant.probeUntil > now) return waits', replace: '    if (tenant.probeUntil > Infinity) return waits' },
  { row: 'F03', what: 'refusals are not counted, so that it is asked every second', test, file: 'src/upstream/tenant.ts', find: 'guessedDelay(refusals - 1, random)', replace: 'guessedDelay(0, random)' },
  { row: 'F05', what: 'what the vendor says of how long is not heard', test, file: 'src/upstream/tenant.ts', find: 'const delay = askedMs === null ?', replace: 'const delay = askedMs === null || random() >= 0 ?' },
  { row: 'F04', what: 'a vendor that says with a 503 when to come back is taken for broken', test: 'test/unit/judge.test.ts', file: 'src/upstream/judge.ts', find: "status === 503 && headers.has('retry-after')", replace: "status === 503 && headers.has('retry-afterwards')" },
  { row: 'F06', what: 'a host in trouble is asked all the same', test: breaker, file: 'src/upstream/breaker.ts', find: 'return opens && host.openUntil === null', replace: 'return opens && host.openUntil !== null' },
  { row: 'F06', what: 'a host that is well again is never told so', test: breaker, file: 'src/upstream/breaker.ts', find: 'state : { ...quiet }, result', replace: 'state : quiet, result' },
  { row: 'F06', what: 'all ask at once how a host is', test: breaker, file: 'src/upstream/breaker.ts', find: 'state.probeUntil > at || !mayAsk', replace: '!mayAsk' },
  { row: 'F06', what: 'a caller can have a vendor left alone for all', test: breaker, file: 'src/upstream/attempt.ts', find: 'if (!outgoing.raw) await breaker.report', replace: 'await breaker.report' },
  { row: 'F06', what: 'a host that is left alone counts as a failure of the run', test: breaker, file: 'src/sync/trouble.ts', find: ` || fault.facts.retryAt !== undefined\n`, replace: '\n' },
  { row: 'T70', what: 'callers may use all that there is', test, file: 'src/upstream/tenant.ts', find: "  if (caller) return [...claims, ...claims.map((claim) => laneOf(claim, 'callers'))]\n", replace: '  if (caller) return claims\n' },
  { promise: 'no window ever holds more than is allowed', what: 'the owner takes places beyond its time', test: windows, file: 'src/upstream/tenant.ts', find: '<= tenant.ownedUntil) ? taken : null', replace: '<= Infinity) ? taken : null' },
  { promise: 'no window ever holds more than is allowed', what: 'a place is used however late', test: windows, file: 'src/upstream/limiter.ts', find: '          if (departure.until < now()) continue\n', replace: '' },
  { promise: 'no window ever holds more than is allowed', what: 'lateness is not part of the window', test: windows, file: 'src/upstream/allowance.ts', find: '(windowMs + lateMs + wireMs(windowMs))', replace: 'windowMs' },
  { promise: 'one customer of its is counted once', what: 'each account has a line of its own', test: limiter, file: 'src/upstream/counted-by.ts', find: 'remoteIdentity === undefined ? ', replace: 'remoteIdentity !== "" ? ' },
  { promise: 'holds nobody up for longer than a second', what: 'an ownership never ends', test: limiter, file: 'src/upstream/tenant.ts', find: 'tenant.owner !== process && tenant.ownedUntil > now) return', replace: 'tenant.owner !== process) return' },
  { promise: 'the schedule is told when to come back', what: 'a worker sleeps for as long as it takes', test: limiter, file: 'src/upstream/limiter.ts', find: 'const LONGEST_WAIT_MS = 5_000', replace: 'const LONGEST_WAIT_MS = 5_000_000' },
  { promise: 'lowers what may be sent, in all processes', what: 'what answers tell of what is left is not heard', test, file: 'src/upstream/tenant.ts', find: '  if (left === null || left.until <= now) return null\n', replace: '  if (left === null || now > 0) return null\n' },
  { row: 'F71', what: 'callers have as many answers in memory as they ask for', test: 'test/integration/callers-at-once.test.ts', file: 'src/upstream/client.ts', find: ', [\'callers\', callersAtOnce]', replace: '' },
]
