import { hash } from 'node:crypto'
import type { AnyResource, AnyWalk, Pagination, Query, ReadContext, UpstreamResponse, Variables } from '#kit'
import { Fault } from '../errors.ts'
import type { Place } from './run.ts'

type AnyPages = Pagination<unknown, unknown>

/** The walk that a place is in: the list itself, the list of what changed, or the list of what is gone. */
export function walkAt({ read }: AnyResource, { since, place }: { readonly since: Date | null; readonly place: Place }): AnyWalk {
  if (place.part === 'deletions' && read.deletions.seenAs === 'separate_read') return read.deletions.walk
  return (since !== null && read.incremental !== 'full_only' ? read.incremental.walk : undefined) ?? read
}

/** Where a run of this resource begins. */
export function firstPlace(resource: AnyResource, since: Date | null = null): Place {
  return firstOf(walkAt(resource, { since, place: { segment: 0, query: {}, seen: 0 } }))
}

const firstOf = ({ pages }: AnyWalk, segment = 0, part?: Place['part']): Place => ({ segment, query: firstVariables(pages), seen: 0, ...(part !== undefined && { part }) })

/** The variables that ask for the first page. */
export const firstVariables = (pages: AnyPages): Variables => (pages.kind === 'offset' ? { [pages.param]: 0 } : pages.kind === 'page' ? { [pages.param]: pages.first } : {})

export const shortName = (text: string): string => hash('sha256', text, 'hex').slice(0, 16)
export const shortHash = (value: unknown): string => shortName(JSON.stringify(value))

/** A short name of a place: a place that comes up twice in one run means that the list goes in circles. */
export const placeKey = (place: Place): string => shortHash([place.part ?? null, place.segment, place.query, place.url ?? null])

const segmentsOf = (walk: AnyWalk, context: ReadContext): readonly Query[] => (typeof walk.segments === 'function' ? walk.segments(context) : walk.segments ?? [{}])

/** The segment's own variables; null: a list of segments that came from the vendor is empty. Segments that moved since the place was written down make it worthless. */
export function segmentAt(walk: AnyWalk, place: Place, context: ReadContext): { readonly query: Query; readonly mark: string | undefined } | null {
  const segments = segmentsOf(walk, context)
  const mark = typeof walk.segments === 'function' ? shortHash(segments) : undefined
  if (place.mark !== undefined && place.mark !== mark) throw new Fault('upstream.cursor_gone', { detail: `The parts that ${walk.path} is read in changed during the read.` })
  const query = segments[place.segment]
  return query === undefined ? null : { query, mark }
}

/** The next page of a list, by its own rules; null: this was the last. */
export function follow(pages: AnyPages, { body, headers }: UpstreamResponse, items: readonly unknown[], { query, seen }: Pick<Place, 'query' | 'seen'>): Pick<Place, 'query' | 'url'> | null {
  const at = (url: string | null | undefined): Pick<Place, 'query' | 'url'> | null => (url === null || url === undefined || url === '' ? null : { query: {}, url })
  switch (pages.kind) {
    case 'single': return null
    case 'cursor': {
      const token = pages.next(body) ?? ''
      return token === '' ? null : { query: { [pages.param]: token } }
    }
    case 'link': return at(/<([^>]+)>\s*;[^,]*\brel="?next"?/i.exec(headers.get('link') ?? '')?.[1])
    case 'url': return at(pages.next(body))
    case 'page': return pages.done(body, items) ? null : { query: { [pages.param]: Number(query[pages.param]) + 1 } }
    case 'offset': return items.length === 0 || pages.done(body, seen + items.length) ? null : { query: { [pages.param]: Number(query[pages.param]) + pages.size } }
    case 'keyset': return items.length === 0 || pages.done(body, items) ? null : { query: pages.after(items.at(-1)) }
  }
}

/** The place behind the end of a segment: the next segment, then what is gone, then nothing. */
export function behindSegment(resource: AnyResource, walk: AnyWalk, place: Place, context: ReadContext, mark: string | undefined, deletions: boolean): Place | null {
  if (place.segment + 1 < segmentsOf(walk, context).length) return { ...firstOf(walk, place.segment + 1, place.part), ...(mark !== undefined && { mark }) }
  const { deletions: gone } = resource.read
  return deletions && place.part === undefined && gone.seenAs === 'separate_read' ? firstOf(gone.walk, 0, 'deletions') : null
}
