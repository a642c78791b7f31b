import { Fault } from '../errors.ts'

/** One line of a feed, as the API shows it. */
export interface Change {
  readonly seq: number
  readonly linked_account_id: string
  readonly model: string
  readonly record_id: string
  readonly remote_id: string
  readonly what: string
  readonly cause: string
  readonly fields: string[] | null
  readonly raw_version: number | null
  readonly run_id: string | null
  readonly log_id: string | null
  readonly at: string
}

const COLUMNS = ['seq', 'linked_account_id', 'model', 'record_id', 'remote_id', 'what', 'cause', 'fields', 'raw_version', 'run_id', 'log_id', 'at'] as const satisfies readonly (keyof Change)[]

/** A row that has a change, or null in its place. */
export type ChangeOrNone = { readonly [K in keyof Change]: Change[K] | null }

/** The columns of `c`. */
export const changeColumns = COLUMNS.map((name) => `c.${name}`).join(', ')
export const changeOf = (row: ChangeOrNone): Change => Object.fromEntries(COLUMNS.map((name) => [name, row[name]])) as unknown as Change

const RECIPE = 'Take a cursor with after=head, read every list once with include_deleted_data=true, then follow the feed from that cursor.'
const expired = (detail: string): Fault => new Fault('request.cursor_expired', { parameter: 'after', detail: `${detail} ${RECIPE}` })
export const pruned = (): Fault => expired('The feed no longer keeps what follows this place.')
/** What was read and what is stored are not the same history: a backup was restored, or a standby took over that had not received everything. */
export const otherHistory = (): Fault => expired('The database went back to an earlier state since this cursor was given out.')
