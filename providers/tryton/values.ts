/** Values that JSON has no type for, in both directions. */
import { isDay, isTime, num, written } from '#kit'

type Parts = Readonly<Record<string, unknown>>
const nothing: Parts = {}
const partsOf = (value: unknown): Parts => (typeof value === 'object' && value !== null ? value as Parts : nothing)
const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value)

/** What its parts say, where there is such a day and such a time of it. */
function fromParts({ year, month, day }: Parts, hour: unknown, minute: unknown, second: unknown, microsecond: unknown): string | null {
  if (!isWhole(year) || !isWhole(month) || !isWhole(day) || !isWhole(hour) || !isWhole(minute) || !isWhole(second) || !isWhole(microsecond) || year < 1000 || year > 9999) return null
  return isDay(year, month, day) && isTime(hour, minute, second) && microsecond >= 0 && microsecond < 1e6 ? written(year, month, day, hour, minute, second, Math.floor(microsecond / 1000)) : null
}

/** The server lives in UTC, whatever the zone of its company. https://docs.tryton.org/latest/server/ref/fields.html#trytond.model.fields.DateTime */
export const moment = (value: unknown): string | null => { const parts = partsOf(value); return fromParts(parts, parts['hour'], parts['minute'], parts['second'], parts['microsecond']) }
export const dayOf = (value: unknown): string | null => fromParts(partsOf(value), 0, 0, 0, 0)
export const decimal = (value: unknown): number | null => num(partsOf(value)['decimal'])
export const seconds = (value: unknown): number | null => num(partsOf(value)['seconds'])

/** An instant as the server reads it. Its parts are cut to the second: a watermark may only move back. */
export const asMoment = (iso: string) => {
  const [year, month, dayOfMonth, hour, minute, second] = iso.split(/\D/).map(Number)
  return { __class__: 'datetime', year, month, day: dayOfMonth, hour, minute, second, microsecond: 0 }
}
export const asDay = (iso: string) => {
  const { year, month, day: dayOfMonth } = asMoment(iso)
  return { __class__: 'date', year, month, day: dayOfMonth }
}
export const asDecimal = (value: number) => ({ __class__: 'Decimal', decimal: String(value) })

/** A value as people write it, for fields that we know nothing of. */
export function plain(value: unknown): unknown {
  switch (partsOf(value)['__class__']) {
    case 'datetime': return moment(value)
    case 'date': return dayOf(value)?.slice(0, 10) ?? null
    case 'Decimal': return decimal(value)
    case 'timedelta': return seconds(value)
    default: return value ?? null
  }
}
