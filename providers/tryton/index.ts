import { defineProvider, jsonRpcErrors, ownAddress } from '#kit'
import { account } from './crm/account.ts'
import { contact } from './crm/contact.ts'
import { engagement } from './crm/engagement.ts'
import { engagementType } from './crm/engagement-type.ts'
import { lead } from './crm/lead.ts'
import { note } from './crm/note.ts'
import { opportunity } from './crm/opportunity.ts'
import { stage } from './crm/stage.ts'
import { user } from './crm/user.ts'
import { failures } from './failures.ts'
import { bankInfo } from './hris/bank-info.ts'
import { company } from './hris/company.ts'
import { employee } from './hris/employee.ts'
import { employment } from './hris/employment.ts'
import { location } from './hris/location.ts'
import { timesheetEntry } from './hris/timesheet-entry.ts'
import { login, whoami } from './login.ts'
import { writes } from './writes.ts'

export const tryton = defineProvider({
  slug: 'tryton',
  name: 'Tryton',
  categories: ['crm', 'hris'],
  docs: 'https://docs.tryton.org/latest/server/topics/rpc.html',
  setup: {
    base_url: ownAddress('Address of your Tryton', 'As in the browser or in the client\'s connection, without the database: https://tryton.example.com'),
    database: { label: 'Database', hint: 'As in the client\'s connection', pattern: /[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}/, maxLength: 63 },
    contact_relation: { label: 'Relation of a person to their company', hint: 'Its name under Parties → Configuration → Relation Types, in English where it is translated, such as "Employee of". A dash where there is none: all parties are companies then.', pattern: /\S.{0,79}/, maxLength: 80 },
  },
  baseUrl: ({ base_url, database }) => `${base_url.replace(/\/$/, '')}/${database}`,
  auth: login,
  whoami,
  // Tryton sets no limit but on failed logins, which it answers with 429; most run on one small machine.
  limits: { concurrency: 2, requests: { count: 20, perSeconds: 1 } },
  errors: jsonRpcErrors(failures, 'upstream.unavailable'),
  secretKeys: ['password_hash', 'password_reset'],
  resources: [account, contact, lead, opportunity, stage, user, note, engagement, engagementType, company, employee, employment, location, timesheetEntry, bankInfo],
  writes,
  sandbox: async () => (await import('./sandbox.ts')).sandbox,
})
