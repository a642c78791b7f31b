import { defineProvider, id } from '#kit'
import { attachment } from './attachment.ts'
import { collection } from './collection.ts'
import { comment } from './comment.ts'
import { project } from './project.ts'
import { role } from './role.ts'
import { tag } from './tag.ts'
import { team } from './team.ts'
import { ticket } from './ticket.ts'
import { user } from './user.ts'

/** A key must not cross the internet in the clear: `http` only for names and addresses that stay inside a network. */
const inside = String.raw`localhost|[A-Za-z0-9-]{1,63}|[A-Za-z0-9.-]{1,200}\.(?:local|lan|internal|intranet|corp|home\.arpa)|127(?:\.\d{1,3}){3}|10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}`
const address = new RegExp(String.raw`(?:https://[A-Za-z0-9][A-Za-z0-9.-]{0,252}|http://(?:${inside}))(?::\d{1,5})?(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?`)

export const redmine = defineProvider({
  slug: 'redmine',
  name: 'Redmine',
  categories: ['ticketing'],
  docs: 'https://www.redmine.org/projects/redmine/wiki/Rest_api',
  setup: {
    base_url: { label: 'Address of your Redmine', hint: 'https://redmine.example.com, or with a path where Redmine lives below one', pattern: address, maxLength: 255 },
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
  resources: [ticket, comment, attachment, user, project, collection, tag, role, team],
  sandbox: async () => (await import('./sandbox.ts')).sandbox,
})
