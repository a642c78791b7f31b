import ipaddr from 'ipaddr.js'

/** Private places that the operator lets one provider contact. */
export type AllowedHosts = ReadonlyMap<string, readonly AllowedHost[]>
export type AllowedHost =
  | { readonly kind: 'network'; readonly network: readonly [ipaddr.IPv4 | ipaddr.IPv6, number] }
  | { readonly kind: 'endpoint'; readonly host: string; readonly port: number }

/** `acme=10.1.2.0/24,other=127.0.0.1:18320` as a map. Throws an Error that says which entry is wrong. */
export function parseAllowed(value: string): AllowedHosts {
  const allowed = new Map<string, AllowedHost[]>()
  for (const entry of value.split(',').map((part) => part.trim()).filter((part) => part !== '')) {
    const [, provider, place] = /^([a-z0-9-]+)=(.+)$/.exec(entry) ?? []
    if (provider === undefined || place === undefined) throw new Error(`"${entry}" is not of the form provider=network or provider=host:port.`)
    allowed.set(provider, [...(allowed.get(provider) ?? []), parsePlace(entry, place)])
  }
  return allowed
}

function parsePlace(entry: string, place: string): AllowedHost {
  if (place.includes('/')) {
    if (!ipaddr.isValidCIDR(place)) throw new Error(`"${entry}" has no valid network; write it like 10.1.2.0/24.`)
    return { kind: 'network', network: ipaddr.parseCIDR(place) }
  }
  const [, host, port] = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(place) ?? []
  if (host === undefined || Number(port) < 1 || Number(port) > 65535) throw new Error(`"${entry}" names neither a network (10.1.2.0/24) nor a host with its port (127.0.0.1:3000).`)
  return { kind: 'endpoint', host: host.replace(/^\[|\]$/g, '').toLowerCase(), port: Number(port) }
}

/** Whether the operator lets this provider contact the address. `host` is the name as the URL has it, without brackets. */
export function isListed(allowed: AllowedHosts, provider: string, { host, port, address }: { readonly host: string; readonly port: number; readonly address: ipaddr.IPv4 | ipaddr.IPv6 }): boolean {
  return (allowed.get(provider) ?? []).some((entry) => {
    if (entry.kind === 'network') return entry.network[0].kind() === address.kind() && address.match([entry.network[0], entry.network[1]] as [ipaddr.IPv4, number])
    if (entry.port !== port) return false
    // An address in the list is compared as an address, so that no odd spelling of it slips by or is refused.
    return ipaddr.isValid(entry.host) ? ipaddr.process(entry.host).toNormalizedString() === address.toNormalizedString() : entry.host === host.toLowerCase()
  })
}
