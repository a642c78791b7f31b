/**
 * Lists that go in circles. A run keeps the marks of its last pages, and those of the page that it last put a stake at: stakes stand at page 1, 2, 4, 8, ...,
 * so a circle of any length comes by one (Brent), and what is kept never grows: it is written with every page.
 */
export interface Trail { readonly recent: readonly string[]; readonly stake: readonly string[] }

const RECENT = 8

export const noTrail: Trail = { recent: [], stake: [] }

/** Whether the run has been at a page with one of these marks. */
export const wasAt = ({ recent, stake }: Trail, marks: readonly string[]): boolean => marks.some((mark) => recent.includes(mark) || stake.includes(mark))

/** `pages`: how many there are with this one. */
export const walkedOn = ({ recent, stake }: Trail, pages: number, marks: readonly string[]): Trail => ({
  recent: [...recent, ...marks].slice(-RECENT), stake: Number.isInteger(Math.log2(pages)) ? marks : stake,
})
