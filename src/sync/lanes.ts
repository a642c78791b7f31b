/** The lines that due work stands in, first served first. */
export const lanes = { interactive: 0, webhook: 1, incremental: 2, backfill: 3 } as const
export type LaneName = keyof typeof lanes
export type Lane = (typeof lanes)[LaneName]

export const laneNames = Object.keys(lanes) as LaneName[]

/** Whoever has had so many turns in a lane is a long read, whatever it is called, and goes on in the last one. */
export const TURNS_IN_A_LANE = 8

/** One turn in so many is given from the other end: the last lane is slow when others are full, but never stands still. */
const FROM_BEHIND_EVERY = 5

const FORWARD: readonly Lane[] = Object.values(lanes)
const BACKWARD: readonly Lane[] = FORWARD.toReversed()

/** The order in which the lanes are looked at for the nth turn. */
export const lanesOf = (nth: number): readonly Lane[] => (nth % FROM_BEHIND_EVERY === FROM_BEHIND_EVERY - 1 ? BACKWARD : FORWARD)
