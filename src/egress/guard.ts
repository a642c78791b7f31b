import ipaddr from 'ipaddr.js'
import { Fault } from '../errors.ts'
import { addressOf, isOurs, standingOf } from './addresses.ts'
import { isListed } from './allowed-hosts.ts'
import type { AllowedHosts } from './allowed-hosts.ts'

/** What decides whether an address may be contacted. */
export interface GuardRules {
  readonly allowed: AllowedHosts
  /** Ports on this machine that we listen on, or keep our data behind. */
  readonly ownPorts?: () => Iterable<number>
}

export interface Target {
  readonly provider: string
  readonly protocol: string
  /** As in the URL, without brackets. */
  readonly host: string
  readonly port: number
}

const blocked = (detail: string): Fault => new Fault('upstream.blocked', { detail })
const bare = (host: string): string => host.replace(/^\[|\]$/g, '').replace(/\.$/, '')

export const targetOf = (provider: string, url: URL): Target => ({
  provider, protocol: url.protocol, host: bare(url.hostname), port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
})

/** Refuses what can be told from the URL alone. An IP address in it is checked here: no name is looked up for it. */
export function checkUrl(rules: GuardRules, provider: string, url: URL): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw blocked('Only https:// addresses are contacted.')
  if (url.username !== '' || url.password !== '') throw blocked('An address with a user name or password in it is not contacted.')
  const target = targetOf(provider, url)
  if (ipaddr.isValid(target.host)) checkAddress(rules, target, target.host)
}

/** Refuses an address that this provider may not be reached at. */
export function checkAddress(rules: GuardRules, target: Target, text: string): void {
  const address = addressOf(text)
  const { host, port } = target
  const standing = standingOf(address)
  if (standing === 'never') throw blocked(`${host} is an address that is never contacted.`)
  if (isOurs(address) && new Set(rules.ownPorts?.()).has(port)) throw blocked(`${host}:${port} is this service itself.`)
  if (isListed(rules.allowed, target.provider, { host, port, address })) return
  const remedy = `If it is meant to be, the operator lists it: INTERMODAL_ALLOW_PRIVATE_HOSTS=${target.provider}=${host}:${port}.`
  if (standing === 'private') throw blocked(`${host} is not a public address. ${remedy}`)
  if (target.protocol !== 'https:') throw blocked(`${host} is contacted by https:// only. ${remedy}`)
  if (port !== 443) throw blocked(`Port ${port} of ${host} is not contacted; 443 is. ${remedy}`)
}
