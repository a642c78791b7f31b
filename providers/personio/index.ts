import { defineProvider, id, secretKey } from '#kit'
import { bankInfo } from './bank-info.ts'
import { company } from './company.ts'
import { employee } from './employee.ts'
import { employment } from './employment.ts'
import { errors } from './errors.ts'
import { group } from './group.ts'
import { location } from './location.ts'
import { team } from './team.ts'
import { timeOffBalance } from './time-off-balance.ts'
import { timeOff } from './time-off.ts'
import { timesheetEntry } from './timesheet-entry.ts'
import { webhooks } from './webhooks.ts'
import { writes } from './writes.ts'

const isEmployees = ({ path }: { readonly path: string }): number => Number(path.startsWith('/v1/company/employees'))

export const personio = defineProvider({
  slug: 'personio',
  name: 'Personio',
  categories: ['hris'],
  docs: 'https://developer.personio.de/reference',
  setup: { time_zone: { label: 'Time zone', hint: 'In which attendance is recorded, by its IANA name: Europe/Berlin', pattern: /[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*/, maxLength: 64 } },
  baseUrl: () => 'https://api.personio.de',
  auth: {
    kind: 'token_exchange',
    fields: { client_id: { ...secretKey('Client ID', 'Settings → Integrations → API credentials'), isPublic: true }, client_secret: secretKey('Client secret', 'Shown with the client ID') },
    // One token for both versions. It holds for a day, however often it is asked for: https://developer.personio.de/reference/auth
    ask: ({ client_id, client_secret }) => ({ path: '/v1/auth', body: { client_id, client_secret } }),
    session: (body) => {
      const { token, expires_in: expiresInSeconds } = (body as { data?: { token?: unknown; expires_in?: unknown } | null } | null)?.data ?? {}
      return typeof token !== 'string' || token === '' ? null : { token, ...(typeof expiresInSeconds === 'number' && { expiresInSeconds }) }
    },
    headers: (token) => ({ authorization: `Bearer ${token}` }),
  },
  // Nothing says which company it is; ids are Personio's own, so that its first employee does.
  whoami: { path: '/v1/company/employees', query: { limit: 1, offset: 0 }, identity: (body) => id((body as { data?: { attributes?: { id?: { value?: unknown } } }[] | null } | null)?.data?.[0]?.attributes?.id?.value), ask: 'at_link' },
  // https://developer.personio.de/changelog/rate-limits-on-get-employees-endpoint-may-6-2024
  limits: { concurrency: 5, requests: { count: 300, perSeconds: 60 }, budgets: [{ name: 'employees', count: 15, perSeconds: 1, cost: isEmployees }] },
  errors,
  secretKeys: ['client_secret'],
  resources: [employee, employment, group, team, company, location, timeOff, timeOffBalance, timesheetEntry, bankInfo],
  writes,
  webhooks,
  sandbox: async () => (await import('./sandbox.ts')).sandbox,
})
