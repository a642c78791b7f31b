import { defineProvider } from '#kit'
import { auth, errors, hostOf, limits, oauth, setup, whoami } from './access.ts'
import { crm, ticketing } from './resources.ts'
import { VERSION } from './vendor.ts'
import { webhooks } from './webhooks.ts'
import { activityWrites } from './writes/activities.ts'
import { caseWrites } from './writes/cases.ts'
import { classWrites } from './writes/classes.ts'
import { dealWrites } from './writes/deals.ts'
import { peopleWrites } from './writes/people.ts'

export const salesforce = defineProvider({
  slug: 'salesforce',
  name: 'Salesforce',
  categories: ['crm', 'ticketing'],
  docs: 'https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest.htm',
  setup,
  baseUrl: (values) => `${hostOf(values)}/services/data/${VERSION}`,
  auth,
  oauth,
  whoami,
  limits,
  errors,
  secretKeys: [],
  resources: [...crm, ...ticketing],
  writes: [...peopleWrites, ...dealWrites, ...activityWrites, ...caseWrites, ...classWrites],
  webhooks,
  sandbox: async () => (await import('./sandbox.ts')).sandbox,
})
