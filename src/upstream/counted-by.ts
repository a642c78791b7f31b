import { hash } from 'node:crypto'
import type { Counted, Budget } from '#kit'
import { paceOf, type Claim } from './allowance.ts'
import type { DoorAccount } from './door.ts'

/** Those whose requests a vendor counts together, and in what. */
export interface Counter { readonly key: string; readonly budgets: readonly Budget[] }

const keyOf = (...parts: readonly string[]): string => hash('sha256', JSON.stringify(parts))
const known = new WeakMap<DoorAccount, readonly Counter[]>()

/** Where a request of this account is counted. Accounts of different organisations are one to the vendor when they are one customer of its; before an account is linked nobody knows whose it is. */
export function countersOf(account: DoorAccount): readonly Counter[] {
  const before = known.get(account)
  if (before !== undefined) return before
  const { id, remoteIdentity, app, setup, provider: { slug, baseUrl, limits } } = account
  const address = baseUrl(setup).replace(/\/+$/, '')
  const tenant = limits.countedBy === 'address' ? keyOf('address', slug, address) : remoteIdentity === undefined ? keyOf('account', slug, address, id) : keyOf('identity', slug, address, remoteIdentity)
  const counters: Counter[] = [{ key: `tenant ${tenant}`, budgets: [{ name: 'requests', ...limits.requests, cost: () => 1 }, ...(limits.budgets ?? [])] }]
  if (app !== undefined && limits.app !== undefined) counters.push({ key: `app ${keyOf(slug, app)}`, budgets: limits.app })
  known.set(account, counters)
  return counters
}

export const claimsFor = ({ budgets }: Counter, request: Counted): readonly Claim[] =>
  budgets.map((budget) => ({ name: budget.name, cost: budget.cost(request), ...paceOf(budget) })).filter(({ cost }) => cost > 0)
