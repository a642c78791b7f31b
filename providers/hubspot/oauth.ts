import type { OAuth } from '#kit'

/** The first version of the token endpoint ends in February 2027; this one takes the same form. https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide */
export const oauth: OAuth = {
  docs: 'https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide',
  authorizeUrl: () => 'https://app.hubspot.com/oauth/authorize',
  tokenUrl: () => 'https://api.hubapi.com/oauth/v3/token',
  // An app must be registered with exactly the scopes that it asks for. https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes
  scopes: {
    oauth: 'always',
    'crm.objects.owners.read': ['crm.User', 'ticketing.User', 'ticketing.Team', 'ticketing.Ticket', 'ticketing.Viewer'],
    'crm.objects.companies.read': ['crm.Account', 'crm.Note', 'crm.Task', 'crm.Engagement', 'ticketing.Account', 'ticketing.Ticket'],
    'crm.objects.companies.write': ['crm.Account'],
    'crm.objects.contacts.read': ['crm.Contact', 'crm.Lead', 'crm.Note', 'crm.Task', 'crm.Engagement', 'crm.EngagementType', 'ticketing.Contact', 'ticketing.Ticket', 'ticketing.Comment', 'ticketing.Attachment'],
    'crm.objects.contacts.write': ['crm.Contact', 'crm.Note', 'crm.Task', 'crm.Engagement', 'ticketing.Contact', 'ticketing.Comment'],
    'crm.objects.deals.read': ['crm.Opportunity', 'crm.Stage', 'crm.Note', 'crm.Task'],
    'crm.objects.deals.write': ['crm.Opportunity'],
    'sales-email-read': ['crm.Engagement', 'ticketing.Comment', 'ticketing.Attachment'],
    tickets: ['ticketing.Ticket', 'ticketing.Collection', 'ticketing.Tag', 'ticketing.Comment', 'ticketing.Attachment', 'ticketing.Viewer'],
    // Files on records are hidden from the files tool. https://legacydocs.hubspot.com/docs/methods/files/get-signed-url-private-file
    'files.ui_hidden.read': ['ticketing.Attachment'],
  },
  // Not every subscription has these, and who lacks a scope that is not optional cannot consent at all.
  parameters: { optional_scope: 'crm.objects.leads.read crm.schemas.custom.read crm.schemas.custom.write crm.objects.custom.read crm.objects.custom.write settings.users.read' },
  scopeSeparator: ' ',
  pkce: 'none',
  clientAuth: 'body',
  tokenBody: 'form',
  refresh: 'reusable',
  // https://integrate.hubspot.com/t/what-to-do-when-you-suddenly-get-bad-refresh-token-when-trying-to-refresh-an-access-token/5490
  refuses: (body) => (body as { status?: unknown } | null)?.status === 'BAD_REFRESH_TOKEN',
  headers: (token) => ({ authorization: `Bearer ${token}` }),
}
