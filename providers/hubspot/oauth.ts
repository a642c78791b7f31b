import type { OAuth } from '#kit'

/** The first version of the token endpoint ends in February 2027; this one takes the same form. https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide */
export const oauth: OAuth = {
  docs: 'https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide',
  authorizeUrl: () => 'https://app.hubspot.com/oauth/authorize',
  tokenUrl: () => 'https://api.hubapi.com/oauth/v3/token',
  // An app must be registered with exactly the scopes that it asks for. https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes
  scopes: {
    oauth: 'always',
    'crm.objects.owners.read': ['crm.User', 'ticketing.User', 'ticketing.Team', 'ticketing.Ticket'],
    'crm.objects.companies.read': ['crm.Account', 'crm.Note', 'crm.Task', 'crm.Engagement', 'ticketing.Account', 'ticketing.Ticket'],
    'crm.objects.companies.write': ['crm.Account'],
    'crm.objects.contacts.read': ['crm.Contact', 'crm.Lead', 'crm.Note', 'crm.Task', 'crm.Engagement', 'crm.EngagementType', 'ticketing.Contact', 'ticketing.Ticket', 'ticketing.Comment'],
    'crm.objects.contacts.write': ['crm.Contact', 'crm.Note', 'crm.Task', 'crm.Engagement', 'ticketing.Contact', 'ticketing.Comment'],
    'crm.objects.deals.read': ['crm.Opportunity', 'crm.Stage', 'crm.Note', 'crm.Task'],
    'crm.objects.deals.write': ['crm.Opportunity'],
    'sales-email-read': ['crm.Engagement', 'ticketing.Comment'],
    tickets: ['ticketing.Ticket', 'ticketing.Collection', 'ticketing.Tag', 'ticketing.Comment'],
  },
  // Not every subscription has these, and who lacks a scope that is not optional cannot consent at all.
  parameters: { optional_scope: 'crm.objects.leads.read crm.schemas.custom.read crm.objects.custom.read' },
  scopeSeparator: ' ',
  pkce: 'none',
  clientAuth: 'body',
  tokenBody: 'form',
  refresh: 'reusable',
  // https://integrate.hubspot.com/t/what-to-do-when-you-suddenly-get-bad-refresh-token-when-trying-to-refresh-an-access-token/5490
  refuses: (body) => (body as { status?: unknown } | null)?.status === 'BAD_REFRESH_TOKEN',
  headers: (token) => ({ authorization: `Bearer ${token}` }),
}
