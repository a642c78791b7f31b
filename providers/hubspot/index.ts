import { defineProvider, secretKey } from '#kit'
import { whoami } from './whoami.ts'
import { errors, leftOf, pauseOf } from './answers.ts'
import { oauth } from './oauth.ts'
import { crm, ticketing } from './resources.ts'
import { webhooks } from './webhooks.ts'
import { activityWrites } from './writes/activities.ts'
import { classWrites } from './writes/classes.ts'
import { customerWrites } from './writes/customers.ts'
import { ticketWrites } from './writes/tickets.ts'

export const hubspot = defineProvider({
  slug: 'hubspot',
  name: 'HubSpot',
  categories: ['crm', 'ticketing'],
  docs: 'https://developers.hubspot.com/docs/api-reference/overview',
  setup: {},
  baseUrl: () => 'https://api.hubapi.com',
  auth: {
    kind: 'api_key',
    fields: { access_token: secretKey('Access token of a private app', 'Settings → Integrations → Private apps → your app → Auth. It begins with pat-.') },
    headers: ({ access_token }) => ({ authorization: `Bearer ${access_token}` }),
  },
  oauth,
  whoami,
  limits: {
    concurrency: 4,
    // The least that any app has in an account, those with consent 110. https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
    requests: { count: 100, perSeconds: 10 },
    budgets: [
      // The least that any account has, for all of its apps together. https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
      { name: 'day', count: 250_000, share: 0.8, perSeconds: 86_400, cost: () => 1 },
      // Of five, for all apps of the account together. https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
      { name: 'search', count: 5, share: 0.8, perSeconds: 1, cost: ({ path }) => Number(path.endsWith('/search')) },
    ],
    wait: pauseOf,
    left: leftOf,
  },
  errors,
  secretKeys: [],
  resources: [...crm, ...ticketing],
  writes: [...customerWrites, ...activityWrites, ...classWrites, ...ticketWrites],
  webhooks,
  sandbox: async () => (await import('./sandbox.ts')).sandbox,
})
