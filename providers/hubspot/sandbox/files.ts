import { inventFile, ok, route, type SandboxRoute } from '#kit'
import type { File } from '../vendor.ts'
import { notFound } from './answers.ts'
import type { HubspotWorld } from './world.ts'

export type BoxFile = File & Readonly<Record<string, unknown>>

/** What lies on what was written on tickets: on every e-mail, on some notes, and sometimes two. */
export const filesOfWriting = (n: number, at: Date): BoxFile[] => Array.from({ length: n % 4 === 0 ? 2 : n % 2 === 0 || n % 3 === 0 ? 1 : 0 }, (_, k) => {
  const id = String(150_000_000_000 + n * 10 + k)
  const extension = k === 0 ? 'pdf' : 'png'
  return {
    id, name: `Order ${n}${k === 0 ? '' : ', as a picture'}`, extension, type: k === 0 ? 'DOCUMENT' : 'IMG', encoding: k === 0 ? 'pdf' : 'png', size: bytesOf(id).length, access: 'HIDDEN_PRIVATE', archived: false, isUsableInContent: true,
    path: `/attachments/${id}.${extension}`, url: `https://api-na1.hubspot.com/filemanager/api/v2/files/${id}/signed-url-redirect?portalId=2519445`, createdAt: at.toISOString(), updatedAt: at.toISOString(),
  }
})
const bytesOf = (file: string): Buffer => inventFile(`hubspot file ${file}`)
/** The number of the file stands last. */
export const fileOf = (attachment: string): Buffer => bytesOf(attachment.slice(attachment.lastIndexOf(':') + 1))

export const fileRoutes: readonly SandboxRoute<HubspotWorld>[] = [
  route('GET', '/files/v3/files/:id', ({ params }, { files }) => { const found = files.get(params['id']!); return found === undefined ? notFound(`the file ${params['id']!}`) : ok(found) }),
  route('GET', '/files/v3/files/:id/download', ({ params }, { files }) => {
    const found = files.get(params['id']!)
    return found === undefined ? notFound(`the file ${params['id']!}`) : { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: bytesOf(found.id) }
  }),
]
