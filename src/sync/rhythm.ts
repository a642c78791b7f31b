/** How often a model is read: SQL on a row `s` of `sync_states`, by the clock of the database, in spans of UTC. */

/** After so many runs in a row that found nothing the span doubles, and once more after as many again; not further. */
const QUIET_RUNS = 6
const MOST_DOUBLINGS_QUIET = 2
/** A run that failed doubles it too, up to this. */
const MOST_DOUBLINGS_FAILED = 6
/** No account is left alone for longer because it is quiet or failing, unless that is what was asked for. */
const LONGEST_SECONDS = 86_400

/** The span in seconds: what was asked for, longer where nothing happens or nothing works. */
export const spanSql = (base: string, { quiet, failed, adapts }: { readonly quiet: string; readonly failed: string; readonly adapts: string }): string =>
  `greatest(${base}, least(${LONGEST_SECONDS}, ${base} * power(2, (case when ${adapts} then least((${quiet}) / ${QUIET_RUNS}, ${MOST_DOUBLINGS_QUIET}) else 0 end) + least(${failed}, ${MOST_DOUBLINGS_FAILED}))))`

/**
 * The next moment of a row's own beat. Every model of every account has its own place within the span, by hash: however many become due at once, they part at their first run and stay apart.
 * The beat is counted in seconds since 1970, so no time zone and no summer time moves it.
 */
export const beatSql = (span: string, at = 'clock_timestamp()'): string => {
  const place = `(hashtextextended(s.linked_account_id::text || s.model, 0) & 2147483647)::float8 / 2147483648`
  // Not sooner than after a tenth of the span: who has just been read is not read again at once.
  return `to_timestamp((${place} + ceil((extract(epoch from ${at})::float8 + 0.1 * ${span}) / ${span} - ${place})) * ${span})`
}
