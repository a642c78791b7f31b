/** Values that JSON has no type for, in both directions. */
import { day, instant, num } from '#kit'

const partsOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? value as Readonly<Record<string, unknown>> : {})
const digits = (value: unknown, length: number): string => String(value).padStart(length, '0')
const dayText = ({ year, month, day: dayOfMonth }: Readonly<Record<string, unknown>>): string => `${digits(year, 4)}-${digits(month, 2)}-${digits(dayOfMonth, 2)}`

/** The server lives in UTC, whatever the zone of its company. https://docs.tryton.org/latest/server/ref/fields.html#trytond.model.fields.DateTime */
export const moment = (value: unknown): string | null => {
  const parts = partsOf(value)
  return instant(`${dayText(parts)}T${digits(parts['hour'], 2)}:${digits(parts['minute'], 2)}:${digits(parts['second'], 2)}.${digits(parts['microsecond'], 6)}Z`)
}
export const dayOf = (value: unknown): string | null => day(dayText(partsOf(value)))
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
