import type { FormFields, OAuth } from '#kit'

interface Resource { readonly id?: unknown; readonly url?: unknown }

/** "3LO" apps. The API is then at another host, below the site's cloud id. https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/ */
export const oauth: OAuth<FormFields & { readonly site: FormFields[string] }> = {
  docs: 'https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/',
  authorizeUrl: () => 'https://auth.atlassian.com/authorize',
  tokenUrl: () => 'https://auth.atlassian.com/oauth/token',
  scopes: {
    'read:jira-work': ['ticketing.Ticket', 'ticketing.Comment', 'ticketing.Attachment', 'ticketing.Collection', 'ticketing.Project', 'ticketing.Viewer', 'ticketing.Tag', 'ticketing.Role'],
    'write:jira-work': ['ticketing.Ticket', 'ticketing.Comment'],
    // Also who the credentials belong to.
    'read:jira-user': 'always',
    'manage:jira-configuration': ['ticketing.Role'],
    offline_access: 'always',
  },
  scopeSeparator: ' ',
  pkce: 'none',
  clientAuth: 'body',
  tokenBody: 'json',
  // https://developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens
  refresh: 'rotating',
  // https://community.developer.atlassian.com/t/refresh-token-expire-after-36000-seconds/60806
  idleDays: 90,
  parameters: { audience: 'api.atlassian.com', prompt: 'consent' },
  headers: (accessToken) => ({ authorization: `Bearer ${accessToken}` }),
  baseUrl: ({ cloud_id: cloudId = '' }) => `https://api.atlassian.com/ex/jira/${cloudId}`,
  // One consent may be for several sites: the one that the customer named is meant.
  account: {
    url: 'https://api.atlassian.com/oauth/token/accessible-resources',
    learns: (body, { site }): Readonly<Record<string, string>> => {
      const found = (Array.isArray(body) ? body as readonly (Resource | null)[] : []).find((resource) => resource?.url === `https://${site}.atlassian.net`)
      return typeof found?.id === 'string' ? { cloud_id: found.id } : {}
    },
  },
}
