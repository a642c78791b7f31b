import { defineProvider, secretKey, subdomain } from '#kit'
import { benefit } from './benefit.ts'
import { company, isCompany } from './company.ts'
import { dependent } from './dependent.ts'
import { employee } from './employee.ts'
import { employerBenefit } from './employer-benefit.ts'
import { employment } from './employment.ts'
import { group } from './group.ts'
import { location } from './location.ts'
import { oauth } from './oauth.ts'
import { payGroup } from './pay-group.ts'
import { team } from './team.ts'
import { timeOffBalance } from './time-off-balance.ts'
import { timeOff } from './time-off.ts'
import { timesheetEntry } from './timesheet-entry.ts'
import { webhooks } from './webhooks.ts'
import { writes } from './writes.ts'

export const bamboohr = defineProvider({
  slug: 'bamboohr',
  name: 'BambooHR',
  categories: ['hris'],
  docs: 'https://documentation.bamboohr.com/docs/getting-started',
  setup: { subdomain: subdomain('Company domain', 'acme, where you sign in at https://acme.bamboohr.com') },
  baseUrl: (setup) => `https://${setup.subdomain}.bamboohr.com/api/v1`,
  // Most of it is XML to whoever does not ask for JSON.
  headers: { accept: 'application/json' },
  auth: {
    kind: 'basic',
    fields: { api_key: secretKey('API key', 'Your picture, top right → API Keys → Add New Key. It sees what you see: use an administrator\'s.') },
    user: ({ api_key }) => api_key,
    password: () => 'x',
  },
  oauth,
  // A company has no number, and its names change: the domain that is asked is the account.
  whoami: { path: '/company_information', identity: (body) => (isCompany(body) ? 'company' : null), ask: 'at_link' },
  // No numbers are published. Who is too fast is told so by 429 and Retry-After. https://documentation.bamboohr.com/docs/planned-changes-to-the-api
  limits: { concurrency: 4, requests: { count: 10, perSeconds: 1 } },
  errors: [],
  secretKeys: [],
  resources: [employee, employment, group, team, location, payGroup, company, timeOff, timeOffBalance, timesheetEntry, dependent, benefit, employerBenefit],
  writes,
  webhooks,
  sandbox: async () => (await import('./sandbox.ts')).sandbox,
})
