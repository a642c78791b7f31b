/** What is in the files: a document has the bytes of its version, whatever it is linked to. */
import { inventFile, route, type SandboxRoute } from '#kit'
import { VERSION } from '../vendor.ts'
import { refused } from './answers.ts'
import { FILES } from './service.ts'
import { idFor, living, type World } from './world.ts'

const bytesOf = (id: string): Buffer => inventFile(`salesforce file ${id}`)
const LINK = idFor('ContentDocumentLink', 0).slice(0, 5)

/** The bytes of an attachment, which is a link to a document or, of the old kind, the file itself. */
export const fileOf = (attachment: string): Buffer => bytesOf(attachment.startsWith(LINK) ? idFor('ContentVersion', Math.floor((Number(attachment.slice(5, 15)) - FILES) / 2)) : attachment)

const file = (object: string, part: string): SandboxRoute<World> => route('GET', `/services/data/${VERSION}/sobjects/${object}/:id/${part}`, ({ params }, world) => {
  const found = living(world.tables.get(object)).find(({ Id }) => Id === params['id'])
  if (found === undefined) return refused(404, 'NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${params['id']!}`)
  return { status: 200, headers: { 'content-type': 'application/octetstream' }, body: bytesOf(found.Id) }
})

export const fileRoutes: readonly SandboxRoute<World>[] = [file('ContentVersion', 'VersionData'), file('Attachment', 'Body')]
