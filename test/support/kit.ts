export * from '#kit'
/** One text as a list of one, nothing as an empty list. */
export const texts = (value: string | undefined): string[] => (value === undefined ? [] : [value])
