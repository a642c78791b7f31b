import type { SandboxVendor } from '#kit'
import { invalid, refused } from './sandbox/access.ts'
import { directoryRoutes, members } from './sandbox/directory.ts'
import { fileOf, fileRoutes } from './sandbox/files.ts'
import { grow } from './sandbox/grow.ts'
import { issueRoutes, update } from './sandbox/issues.ts'
import type { RedmineWorld } from './sandbox/world.ts'

const admin = (world: RedmineWorld) => world.users[0]!
const adminKey = grow(0).users[0]!.api_key

/** A company's Redmine, as an administrator's key sees it. */
export const sandbox: SandboxVendor<RedmineWorld> = {
  link: (origin) => ({ setup: { base_url: origin }, credentials: { api_key: adminKey } }),
  grow,
  counts(world) {
    const { issues, users, projects, versions, categories, roles, groups } = world
    const tracked = new Set(projects.filter(({ modules }) => modules.includes('issue_tracking')).map(({ id }) => id))
    return {
      'ticketing.Ticket': issues.length, 'ticketing.Comment': issues.flatMap(({ journals }) => journals).filter(({ notes }) => notes !== '').length, 'ticketing.Attachment': issues.flatMap(({ attachments }) => attachments).length,
      'ticketing.User': users.length, 'ticketing.Project': projects.length, 'ticketing.Collection': projects.length + versions.filter(({ project_id }) => tracked.has(project_id)).length, 'ticketing.Tag': categories.length, 'ticketing.Role': roles.length, 'ticketing.Team': groups.length,
      'ticketing.Viewer': projects.flatMap((project) => members(world, project)).length,
    }
  },
  secrets: (world) => world.users.map((user) => user.api_key),
  change(world, at) {
    const now = at.getTime()
    const [first, second] = [world.issues[0]!, world.issues.at(-1)!]
    update(world, first, admin(world), { subject: 'Changed in the sandbox', status_id: 2 }, now)
    update(world, second, admin(world), { notes: 'A new remark' }, now)
    first.attachments.push({ id: world.nextAttachment++, filename: 'new.txt', filesize: 3, content_type: 'text/plain', author_id: 1, created_on: now })
    const changed = [first, second]
    return {
      'ticketing.Ticket': changed.map(({ id }) => String(id)),
      'ticketing.Comment': changed.flatMap(({ journals }) => journals).filter(({ notes }) => notes !== '').map(({ id }) => String(id)),
      'ticketing.Attachment': changed.flatMap(({ attachments }) => attachments).map(({ id }) => String(id)),
    }
  },
  remove(world) {
    const issue = world.issues.splice(world.issues.length >> 1, 1)[0]!
    return { 'ticketing.Ticket': [String(issue.id)], 'ticketing.Comment': issue.journals.filter(({ notes }) => notes !== '').map(({ id }) => String(id)), 'ticketing.Attachment': issue.attachments.map(({ id }) => String(id)) }
  },
  fileOf,
  troubles: [
    { what: 'a key that is not good', answer: refused(401), means: 'upstream.unauthorized' },
    { what: 'a list that only administrators see', answer: refused(403), means: 'upstream.forbidden' },
    { what: 'a ticket without a subject', answer: invalid('Subject cannot be blank'), means: 'upstream.rejected' },
  ],
  routes: [...issueRoutes, ...fileRoutes, ...directoryRoutes],
  otherwise: { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<!DOCTYPE html><html><head><title>Redmine 404 error</title></head><body><h1>Page not found</h1></body></html>' },
}
