import { customType, timestamp } from 'drizzle-orm/pg-core'

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/** An instant as an ISO string: a Date would lose microseconds. `precision` counts decimals of a second; Postgres's own default is 6. */
export const instant = (name: string, precision?: 3 | 6) => timestamp(name, { withTimezone: true, mode: 'string', ...(precision === undefined ? {} : { precision }) })
