/** Files lie on what was written about a record: notes and e-mails name theirs by number. https://developers.hubspot.com/docs/api-reference/crm-notes-v3/guide */
import type { Ask, Later } from '#kit'
import { activityId } from './activities.ts'
import { batchReads } from './objects.ts'
import { split, type Batch, type File, type Found, type Row } from './vendor.ts'

/** What is written on a ticket. */
export const writings = ['emails', 'notes'] as const
const NAMED = 'hs_attachment_ids'
export type Named = typeof NAMED
export const named: readonly [Named] = [NAMED]

export const filesOn = ({ properties }: Pick<Found<Named>, 'properties'>): string[] => [...new Set(split(properties[NAMED]))]
/** A file may lie on several: each of them is an attachment. */
export const attachmentId = (object: string, record: string | null, file: string): string | null => { const on = activityId(object, record); return on === null ? null : `${on}:${file}` }

/** What a file is, by its number; hidden ones, as those of records are, are in no list. https://developers.hubspot.com/docs/api-reference/files-files-v3/guide */
export const fileAsk = (file: string): Ask => ({ path: `/files/v3/files/${encodeURIComponent(file)}` })
export const fileIn = (later: readonly Later<unknown>[], file: string): File | null => {
  const { path } = fileAsk(file)
  return (later.find(({ ask }) => ask.path === path)?.answer ?? null) as File | null
}

/** Of what is written on tickets, the files. */
export const writingAsks = (tickets: readonly Row<never>[]): Ask[] => writings.flatMap((object) => batchReads(object, tickets.flatMap(({ linked }) => linked[object] ?? []), named))
export const attachmentsOf = ({ linked }: Row<never>, later: readonly Later<unknown>[]): string[] => writings.flatMap((object) => {
  const own = new Set(linked[object])
  const found = later.filter(({ ask }) => ask.path.includes(`/${object}/`)).flatMap(({ answer }) => (answer as Batch | null)?.results ?? []) as readonly Found<Named>[]
  return found.filter(({ id }) => own.has(id)).flatMap((one) => filesOn(one).map((file) => attachmentId(object, one.id, file)!))
})
