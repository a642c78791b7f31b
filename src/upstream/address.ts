import type { UpstreamRequest } from '#kit'
import { Fault } from '../errors.ts'
import { unescaped } from '../http/unescape.ts'

const invalid = (detail: string): Fault => new Fault('request.invalid', { detail, pointer: '/path' })

/** The URL of a request: a path below the base URL, or the vendor's own URL of a next page at the same origin. Nothing else. */
export function addressFor(baseUrl: string, { path, query, url: given, search }: Pick<UpstreamRequest, 'path' | 'query' | 'url'> & { readonly search?: string }): URL {
  if (!URL.canParse(baseUrl)) throw new Fault('request.invalid', { detail: 'The base address of this linked account is not a URL.' })
  const base = new URL(baseUrl)
  if (given !== undefined) {
    if (!URL.canParse(given, base.href) || new URL(given, base).origin !== base.origin) throw new Fault('upstream.blocked', { detail: `The vendor's next page is not at ${base.origin}.` })
    const next = new URL(given, base)
    next.username = ''
    next.password = ''
    next.hash = ''
    return next
  }
  // Twice: some servers decode what a proxy in front of them decoded already.
  const plain = unescaped(unescaped(path))
  // oxlint-disable-next-line no-control-regex
  if (!path.startsWith('/') || /[\\\u0000-\u001f\u007f]/.test(path + plain) || plain.startsWith('//')) throw invalid('The path must begin with a single slash and hold no backslash or control character.')
  // A semicolon begins parameters of a segment, which some servers take off before they climb.
  if (/(^|\/)\.{1,2}(;[^/]*)?(\/|$)/.test(plain)) throw invalid('The path may not climb.')
  const prefix = base.pathname.replace(/\/+$/, '')
  const url = new URL(base.origin)
  url.pathname = prefix + path
  if (url.origin !== base.origin || !url.pathname.startsWith(`${prefix}/`)) throw invalid('The path leads away from the base address.')
  if (search !== undefined) url.search = search
  for (const [name, value] of Object.entries(query ?? {})) for (const one of [value].flat()) if (one !== undefined) url.searchParams.append(name, String(one))
  return url
}
