/** Instants and the clocks on vendors' walls. */

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
const shifts = new Map<string, number>()

/** How far the wall was ahead of UTC as a day began there; kept, for asking costs twenty times a field. */
function shiftOf(dayNumber: number, timeZone: string): number {
  const key = `${dayNumber} ${timeZone}`
  let shift = shifts.get(key)
  if (shift === undefined) {
    shift = wallOf(new Date(dayNumber * DAY), timeZone)! - dayNumber * DAY
    if (shifts.size >= MOST_DAYS) shifts.clear()
    shifts.set(key, shift)
  }
  return shift
}

const WALL = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/

/** A time without a zone, read on the wall of the zone that the vendor says it is in. An hour that comes twice in autumn is the first of them; one that spring skips is pushed on. */
export function fromWall(value: unknown, timeZone: string | undefined): string | null {
  const match = typeof value === 'string' ? WALL.exec(value.trim()) : null
  if (match === null || timeZone === undefined || formatOf(timeZone) === null) return null
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number, number, number]
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second)
  const back = new Date(asUtc)
  if (back.getUTCDate() !== day || back.getUTCMonth() !== month - 1 || hour > 23 || minute > 59 || second > 59) return null
  const dayNumber = Math.floor(asUtc / DAY)
  // No wall is more than a day from UTC. Where it is as far ahead before as after, nobody moved it in between.
  const around = [shiftOf(dayNumber - 1, timeZone), shiftOf(dayNumber + 2, timeZone)] as const
  if (around[0] === around[1]) return new Date(asUtc - around[0]).toISOString()
  const fitting = around.map((shift) => asUtc - shift).filter((instant) => wallOf(new Date(instant), timeZone) === asUtc)
  return new Date(fitting.length === 0 ? asUtc - around[0] : Math.min(...fitting)).toISOString()
}

/** A time zone by its IANA name; null for anything else. */
export const zone = (value: unknown): string | null => (typeof value === 'string' && formatOf(value) !== null ? value : null)
