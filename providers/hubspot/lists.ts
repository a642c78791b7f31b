/** What short lists of settings have in common: they come in one answer, and it says nothing of what changed or went. */
export const inOneAnswer = { pages: { kind: 'single' }, incremental: 'full_only', deletions: { seenAs: 'missing_from_full_read' } } as const
