import { defineProvider, id, secretKey, subdomain } from '#kit'
import { attachment } from './attachment.ts'
import { collection } from './collection.ts'
import { comment } from './comment.ts'
import { contact } from './contact.ts'
import { errors } from './errors.ts'
import { oauth } from './oauth.ts'
import { project } from './project.ts'
import { role } from './role.ts'
import { tag } from './tag.ts'
import { team } from './team.ts'
import { ticket } from './ticket.ts'
import { user } from './user.ts'
import { viewer } from './viewer.ts'
import { webhooks } from './webhooks.ts'
import { writes } from './writes.ts'

export const jira = defineProvider({
  slug: 'jira',
  name: 'Jira Cloud',
  categories: ['ticketing'],
  docs: 'https://developer.atlassian.com/cloud/jira/platform/rest/v3/',
  setup: { site: subdomain('Site', 'acme, where your Jira is at https://acme.atlassian.net') },
  baseUrl: ({ site }) => `https://${site}.atlassian.net`,
  auth: {
    kind: 'basic',
    fields: {
      email: { label: 'E-mail address of the account', pattern: /[^\s@:]{1,128}@[A-Za-z0-9.-]{1,253}/, maxLength: 254, isPublic: true },
      api_token: secretKey('API token', 'https://id.atlassian.com/manage-profile/security/api-tokens → Create API token (without scopes). It holds for a year at most.'),
    },
    user: ({ email }) => email,
    password: ({ api_token }) => api_token,
  },
  oauth,
  // With a token that ran out, lists answer 200 with what strangers may see: nothing, mostly.
  whoami: { path: '/rest/api/3/myself', identity: (body) => id((body as { readonly accountId?: unknown } | null)?.accountId), ask: 'around_each_run' },
  // Each site lets 100 GETs and POSTs a second through to each address, 50 PUTs and DELETEs, whoever sends them, and 20 changes of one issue in two seconds. We stay below the least of these: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
  limits: { concurrency: 8, requests: { count: 40, perSeconds: 1 }, countedBy: 'address' },
  errors,
  secretKeys: [],
  resources: [ticket, comment, attachment, user, contact, collection, viewer, project, team, role, tag],
  writes,
  webhooks,
  sandbox: async () => (await import('./sandbox.ts')).sandbox,
})
