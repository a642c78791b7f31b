import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** `public`: anybody may go there. `private`: only where the operator said so. `never`: not even then. */
export type Standing = 'public' | 'private' | 'never'

/** Where clouds hand out credentials and machine secrets, beyond the link-local ranges. */
const METADATA = new Set([
  '100.100.100.200', '168.63.129.16', '192.0.0.192',
  'fd00:ec2:0:0:0:0:0:254', 'fd00:ec2:0:0:0:0:0:23', 'fd00:42:0:0:0:0:0:42', 'fd20:ce:0:0:0:0:0:254',
])
const NEVER: ReadonlySet<string> = new Set(['linkLocal', 'multicast', 'broadcast', 'unspecified'])
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/** An address as it is meant: an IPv4 address in IPv6 clothes is that IPv4 address. */
export const addressOf = (text: string): Address => ipaddr.process(text.replace(/%.*$/, ''))

/** The IPv4 address that a translating network would make of this one (NAT64, 6to4). */
function inner(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const bytes = address.toByteArray()
  if (address.range() === 'rfc6052' || address.range() === 'rfc6145') return new ipaddr.IPv4(bytes.slice(12))
  return address.range() === '6to4' ? new ipaddr.IPv4(bytes.slice(2, 6)) : null
}

export function standingOf(address: Address): Standing {
  const range = address.range()
  if (NEVER.has(range) || METADATA.has(address.toNormalizedString())) return 'never'
  if (address.kind() === 'ipv6') {
    const embedded = inner(address as ipaddr.IPv6)
    if (embedded !== null) return standingOf(embedded) === 'never' ? 'never' : 'private'
    // Beyond 2000::/3 nothing is given out to the public; lists of special ranges forget some of it.
    return range === 'unicast' && (address as ipaddr.IPv6).match(GLOBAL_UNICAST) ? 'public' : 'private'
  }
  return range === 'unicast' ? 'public' : 'private'
}

/** Whether the address is this machine's own. */
export function isOurs(address: Address): boolean {
  if (address.range() === 'loopback' || address.range() === 'unspecified') return true
  const own = address.toNormalizedString()
  return Object.values(networkInterfaces()).some((list) => list?.some((entry) => addressOf(entry.address).toNormalizedString() === own))
}
