import { hash } from 'node:crypto'
import { inventFile, type SandboxAnswer, type SandboxRequest, type SandboxRoute } from '#kit'
import { caller, found, refused, visibleIssues } from './access.ts'
import type { AttachmentRow, RedmineWorld } from './world.ts'

export const fileOf = (id: string): Buffer => inventFile(`redmine attachment ${id}`)

/** Files are pages of the browser's, not of the API: strangers are sent to the login page, which answers 200. */
function download(request: SandboxRequest, world: RedmineWorld): SandboxAnswer {
  const who = caller(request, world)
  const id = request.params['id']!
  const issue = world.issues.find(({ attachments }) => attachments.some((file) => String(file.id) === id))
  const file = issue?.attachments.find((one) => String(one.id) === id)
  const name = request.params['filename']
  if (issue === undefined || file === undefined || (name !== undefined && name !== file.filename)) return refused(404)
  if (!visibleIssues(who, world)(issue)) return who === null ? { status: 302, headers: { location: `${request.origin}/login?back_url=${encodeURIComponent(request.origin + request.path)}` }, body: null } : refused(403)
  return { status: 200, headers: { 'content-type': file.content_type, 'content-disposition': `inline; filename="${encodeURIComponent(file.filename)}"` }, body: fileOf(id) }
}

function upload(request: SandboxRequest, world: RedmineWorld): SandboxAnswer {
  const who = caller(request, world)
  if (who === null) return refused(401)
  if (!Buffer.isBuffer(request.body) || request.headers.get('content-type') !== 'application/octet-stream') return { status: 406, headers: { 'content-type': 'application/json' }, body: null }
  const row: AttachmentRow = { id: world.nextAttachment++, filename: request.query.get('filename') ?? '', filesize: request.body.length, content_type: 'application/octet-stream', author_id: who.id, created_on: Date.now() }
  const token = `${row.id}.${hash('sha256', request.body)}`
  world.uploads.set(token, row)
  return found({ upload: { id: row.id, token } }, 201)
}

export const fileRoutes: readonly SandboxRoute<RedmineWorld>[] = [
  { method: 'POST', path: '/uploads.json', answer: upload },
  { method: 'GET', path: '/attachments/download/:id', answer: download },
  { method: 'GET', path: '/attachments/download/:id/:filename', answer: download },
  { method: 'GET', path: '/login', answer: () => ({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<!DOCTYPE html><html><head><title>Redmine</title></head><body><form action="/login" method="post"></form></body></html>' }) },
]
