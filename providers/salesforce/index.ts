import { defineProvider } from '#kit'
import { account } from './account.ts'
import { auth, errors, hostOf, limits, oauth, setup, whoami } from './access.ts'
import { associationType } from './association-type.ts'
import { association } from './association.ts'
import { contact } from './contact.ts'
import { customObjectClass } from './custom-object-class.ts'
import { customObject } from './custom-object.ts'
import { engagementType } from './engagement-type.ts'
import { engagement } from './engagement.ts'
import { lead } from './lead.ts'
import { note } from './note.ts'
import { opportunity } from './opportunity.ts'
import { stage } from './stage.ts'
import { task } from './task.ts'
import { user } from './user.ts'
import { VERSION } from './vendor.ts'
import { webhooks } from './webhooks.ts'
import { activityWrites } from './writes/activities.ts'
import { dealWrites } from './writes/deals.ts'
import { peopleWrites } from './writes/people.ts'

export const salesforce = defineProvider({
  slug: 'salesforce',
  name: 'Salesforce',
  categories: ['crm'],
  docs: 'https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest.htm',
  setup,
  baseUrl: (values) => `${hostOf(values)}/services/data/${VERSION}`,
  auth,
  oauth,
  whoami,
  limits,
  errors,
  secretKeys: [],
  resources: [account, contact, lead, opportunity, stage, user, task, engagement, engagementType, note, customObjectClass, customObject, associationType, association],
  writes: [...peopleWrites, ...dealWrites, ...activityWrites],
  webhooks,
  sandbox: async () => (await import('./sandbox.ts')).sandbox,
})
