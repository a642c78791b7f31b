import { defineProvider, id, ownAddress } from '#kit'
import { attachment } from './attachment.ts'
import { collection } from './collection.ts'
import { comment } from './comment.ts'
import { project } from './project.ts'
import { role } from './role.ts'
import { tag } from './tag.ts'
import { team } from './team.ts'
import { ticket } from './ticket.ts'
import { user } from './user.ts'
import { viewer } from './viewer.ts'
import { writes } from './writes.ts'

export const redmine = defineProvider({
  slug: 'redmine',
  name: 'Redmine',
  categories: ['ticketing'],
  docs: 'https://www.redmine.org/projects/redmine/wiki/Rest_api',
  setup: {
    base_url: ownAddress('Address of your Redmine', 'https://redmine.example.com, or with a path where Redmine lives below one'),
  },
  baseUrl: ({ base_url }) => base_url.replace(/\/$/, ''),
  auth: {
    kind: 'api_key',
    fields: { api_key: { label: 'API access key', hint: 'My account → API access key → Show. An administrator\'s key is needed for users and groups.', pattern: /[!-~]+/, maxLength: 128 } },
    headers: ({ api_key }) => ({ 'x-redmine-api-key': api_key }),
  },
  // A wrong key is not refused on public lists: the answer is 200 with what strangers may see. Only this address says who one is.
  whoami: { path: '/users/current.json', identity: (body) => id((body as { user?: { id?: unknown } } | null)?.user?.id), ask: 'around_each_run' },
  // Redmine sets no limit; most run on one small machine.
  limits: { concurrency: 4, requests: { count: 60, perSeconds: 1 } },
  errors: [
    // {"errors": ["Subject cannot be blank"]}
    { status: 422, code: 'upstream.rejected' },
  ],
  // An administrator is shown everybody's key.
  secretKeys: ['api_key'],
  resources: [ticket, comment, attachment, user, project, collection, tag, role, team, viewer],
  writes,
  sandbox: async () => (await import('./sandbox.ts')).sandbox,
})
