/** Instants and the clocks on vendors' walls. */
import { beginsWithDay, isoOf, isTime, pair, yearOf } from './calendar.ts'

const formats = new Map<string, Intl.DateTimeFormat | null>()

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  let format = formats.get(timeZone)
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' })
    } catch {
      format = null
    }
    formats.set(timeZone, format)
  }
  return format
}

/** What the wall shows, as if it were UTC. Null: there is no such zone. */
function wallOf(instant: Date, timeZone: string): number | null {
  const format = formatOf(timeZone)
  if (format === null) return null
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)])) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second)
}

const LENGTHS = { day: 10, minute: 16, second: 19 }

/**
 * The instant on the vendor's wall, cut to its grain: `2026-03-01 14:05`. Cutting rounds down, so a watermark never moves past a change.
 * A zone that nobody knows gives the earliest wall there is.
 */
export function onWall(instant: Date, timeZone: string, grain: keyof typeof LENGTHS): string {
  const wall = wallOf(instant, timeZone) ?? instant.getTime() - 12 * 3_600_000
  return new Date(wall).toISOString().slice(0, LENGTHS[grain]).replace('T', ' ')
}

const DAY = 86_400_000
const MOST_DAYS = 20_000
interface Wall { readonly shifts: Map<number, number>; readonly turns: Map<number, number> }
const walls = new Map<string, Wall>()

/** What is known of a zone's wall; kept, for asking costs twenty times a field. */
function knownOf(timeZone: string): Wall {
  let wall = walls.get(timeZone)
  if (wall === undefined || wall.shifts.size > MOST_DAYS) walls.set(timeZone, wall = { shifts: new Map(), turns: new Map() })
  return wall
}

const shiftAt = (instant: number, timeZone: string): number => wallOf(new Date(instant), timeZone)! - instant

/** How far the wall was ahead of UTC as a day began there. */
function shiftOf(dayNumber: number, timeZone: string, { shifts }: Wall): number {
  let shift = shifts.get(dayNumber)
  if (shift === undefined) shifts.set(dayNumber, shift = shiftAt(dayNumber * DAY, timeZone))
  return shift
}

/** The instant, within three days in which it happens once, at which the wall was moved. */
function turnOf(dayNumber: number, timeZone: string, before: number, { turns }: Wall): number {
  const known = turns.get(dayNumber)
  if (known !== undefined) return known
  let [from, to] = [dayNumber * DAY, (dayNumber + 3) * DAY]
  while (to - from > 1000) {
    const middle = Math.floor((from + to) / 2000) * 1000
    if (shiftAt(middle, timeZone) === before) from = middle
    else to = middle
  }
  turns.set(dayNumber, to)
  return to
}

const WALL = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/

/** A time without a zone, read on the wall of the zone that the vendor says it is in. An hour that comes twice in autumn is the first of them; one that spring skips is pushed on. */
export function fromWall(value: unknown, timeZone: string | undefined): string | null {
  const text = typeof value === 'string' ? value.trim() : ''
  if (!WALL.test(text) || !beginsWithDay(text) || timeZone === undefined || formatOf(timeZone) === null) return null
  const [year, month, day, hour, minute, second] = [yearOf(text), pair(text, 5), pair(text, 8), pair(text, 11), pair(text, 14), text.length > 16 ? pair(text, 17) : 0]
  // Date.UTC takes the years before 100 for those of the twentieth century.
  if (year < 100 || !isTime(hour, minute, second)) return null
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second)
  const [dayNumber, known] = [Math.floor(asUtc / DAY), knownOf(timeZone)]
  // No wall is more than a day from UTC. Where it is as far ahead before as after, nobody moved it in between.
  const [before, after] = [shiftOf(dayNumber - 1, timeZone, known), shiftOf(dayNumber + 2, timeZone, known)]
  const early = asUtc - before
  if (before === after) return isoOf(early)
  const turn = turnOf(dayNumber - 1, timeZone, before, known)
  return isoOf(early < turn || asUtc - after < turn ? early : asUtc - after)
}

/** A time zone by its IANA name; null for anything else. */
export const zone = (value: unknown): string | null => (typeof value === 'string' && formatOf(value) !== null ? value : null)
