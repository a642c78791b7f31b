import { fileIn, inventFile, ok, route, type SandboxRoute } from '#kit'
import { complaint } from './access.ts'
import { sentFile, stamp, type JiraWorld } from './world.ts'

export const fileOf = (id: string): Buffer => inventFile(`jira attachment ${id}`)

interface Stored { readonly id: string; readonly filename: string; readonly mimeType: string }

/** Unless it is told not to, the site sends its readers on to where media are kept, with a token in the address. */
export const fileRoutes: readonly SandboxRoute<JiraWorld>[] = [
  route('POST', '/rest/api/3/issue/:issue/attachments', (request, world) => {
    const [issue, file] = [world.issues.find(({ id, key }) => [id, key].includes(request.params['issue']!)), fileIn(request)]
    if (issue === undefined) return complaint(404, ['Issue does not exist or you do not have permission to see it.'])
    if (request.headers.get('x-atlassian-token') !== 'no-check') return { status: 403, headers: { 'content-type': 'text/html' }, body: 'XSRF check failed' }
    if (file?.part !== 'file') return complaint(400, ['The request has no part that is called file.'])
    const stored = sentFile(world, file, new Date())
    issue.fields.attachment.push(stored)
    issue.fields.updated = stamp(new Date())
    return ok([{ ...stored, self: `${request.origin}/rest/api/3/attachments/1` }])
  }),
  route('GET', '/rest/api/3/attachment/content/:id', ({ params, query }, world) => {
    const file = (world.issues.flatMap(({ fields }) => fields.attachment) as Stored[]).find(({ id }) => id === params['id'])
    if (file === undefined) return complaint(404, [`The attachment with id '${params['id']!}' does not exist`])
    if (query.get('redirect') !== 'false') return { status: 303, headers: { location: `https://api.media.atlassian.com/file/${file.id}/binary?token=box-media-token&dl=1` }, body: null }
    return { status: 200, headers: { 'content-type': file.mimeType, 'content-disposition': `attachment; filename="${file.filename}"` }, body: fileOf(file.id) }
  }),
]
