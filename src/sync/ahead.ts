import { readPage, type PageRequest } from './pages.ts'
import { placeKey } from './place.ts'
import { preparePage, type PreparedPage } from './prepare.ts'
import type { Place } from './run.ts'
import type { SliceWork } from './slice.ts'

/** A page that is on its way: asked for, read and prepared while the one before it is written. */
export interface Ahead {
  readonly page: Promise<ReadyPage>
  /** It is written, or not wanted any more: makes room for others. */
  readonly leave: () => void
}
export interface ReadyPage extends PreparedPage { readonly marks: readonly string[] }

/** `likely`: characters of the page before, which the next one is taken for until it is there. */
export interface Reading extends Omit<PageRequest, 'place'> { readonly likely: number }

/** Begins to read a page. Its failure is told to who waits for it, in its turn and not before. */
export function readAhead(work: SliceWork, place: Place, { likely, ...request }: Reading): Ahead {
  const { signal } = work
  const entered = work.deps.room?.enter(likely, signal)
  const page = (async (): Promise<ReadyPage> => {
    const here = await entered
    signal.throwIfAborted()
    const read = await readPage(work.resource, work.send, { ...request, place })
    const prepared = await preparePage(work, read)
    here?.resize(prepared.size)
    return { ...prepared, marks: [placeKey(place), read.fingerprint].filter((mark) => mark !== null) }
  })()
  page.catch(() => undefined)
  return { page, leave: () => { entered?.then((here) => { here.leave() }, () => undefined) } }
}
