import { id, str } from '#kit'

interface Details { readonly portalId?: unknown; readonly uiDomain?: unknown }
const detailsOf = (body: unknown): Details => (typeof body === 'object' && body !== null ? body : {})

/** The account that a token is good for. https://developers.hubspot.com/docs/api-reference/legacy/account/account-information/get-account-details */
export const whoami = {
  path: '/account-info/v3/details',
  identity: (body: unknown): string | null => id(detailsOf(body).portalId),
  /** What links to records are made of. */
  learns(this: void, body: unknown): Readonly<Record<string, string>> {
    const { portalId, uiDomain } = detailsOf(body)
    const [portal, domain] = [id(portalId), str(uiDomain)]
    return { ...(portal !== null && { portal_id: portal }), ...(domain !== null && /^app(?:-[a-z0-9]+)?\.hubspot\.com$/.test(domain) && { ui_domain: domain }) }
  },
  ask: 'at_link',
} as const
