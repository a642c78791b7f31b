import { inventFile, route, type SandboxRoute } from '#kit'
import { complaint } from './access.ts'
import type { JiraWorld } from './world.ts'

export const fileOf = (id: string): Buffer => inventFile(`jira attachment ${id}`)

interface Stored { readonly id: string; readonly filename: string; readonly mimeType: string }

/** Unless it is told not to, the site sends its readers on to where media are kept, with a token in the address. */
export const fileRoutes: readonly SandboxRoute<JiraWorld>[] = [
  route('GET', '/rest/api/3/attachment/content/:id', ({ params, query }, world) => {
    const file = (world.issues.flatMap(({ fields }) => fields.attachment) as Stored[]).find(({ id }) => id === params['id'])
    if (file === undefined) return complaint(404, [`The attachment with id '${params['id']!}' does not exist`])
    if (query.get('redirect') !== 'false') return { status: 303, headers: { location: `https://api.media.atlassian.com/file/${file.id}/binary?token=box-media-token&dl=1` }, body: null }
    return { status: 200, headers: { 'content-type': file.mimeType, 'content-disposition': `attachment; filename="${file.filename}"` }, body: fileOf(file.id) }
  }),
]
