/** Days and instants by their numbers. Date writes them at twice the cost, and that was most of what mapping an instant took. */

const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
/** 2024-02-30 is not a day, although Date turns it into 1 March. */
export const isDay = (year: number, month: number, day: number): boolean => year >= 1 && day >= 1 && day <= (LENGTHS[month - 1] ?? 0) && (month !== 2 || day < 29 || isLeap(year))
export const isTime = (hour: number, minute: number, second: number): boolean => hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59

/** The number that two digits of a text make, where a pattern has found digits. */
export const pair = (text: string, at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528
export const yearOf = (text: string): number => pair(text, 0) * 100 + pair(text, 2)
/** Whether a text that begins with the digits of a date begins with a day that there is. */
export const beginsWithDay = (text: string): boolean => isDay(yearOf(text), pair(text, 5), pair(text, 8))

const two = (n: number): string => (n < 10 ? `0${n}` : String(n))
const padded = (n: number, length: number): string => String(n).padStart(length, '0')
/** An instant of the years 1 to 9999, in UTC. */
export const written = (year: number, month: number, day: number, hour: number, minute: number, second: number, ms: number): string =>
  `${year < 1000 ? padded(year, 4) : year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}.${ms < 100 ? padded(ms, 3) : ms}Z`

/** What `toISOString` says of these milliseconds since 1970. */
export const isoOf = (ms: number): string => {
  const at = new Date(ms)
  const year = at.getUTCFullYear()
  return year >= 1 && year <= 9999 ? written(year, at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds(), at.getUTCMilliseconds()) : at.toISOString()
}
