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
  // The least that any account has; searches are counted apart, for all apps of an account together. https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
  limits: {
    concurrency: 4,
    requests: { count: 100, perSeconds: 10 },
    // A day's requests are those of all apps of the account: https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
    budgets: [{ name: 'day', count: 200_000, perSeconds: 86_400, cost: () => 1 }, { name: 'search', count: 4, perSeconds: 1, cost: ({ path }) => Number(path.endsWith('/search')) }],
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
