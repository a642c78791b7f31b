import type { Deletions, Pagination } from '#kit'
import type { List, Option } from './vendor.ts'

export type OptionRow = Option & { readonly list: string }

/**
 * The lists that the company edits, all in one answer. Each resource takes its own; what is archived is gone, but named still.
 * https://documentation.bamboohr.com/reference/list-list-fields
 */
export const optionsOf = (...aliases: readonly string[]) => ({
  path: '/meta/lists',
  items: (page: readonly List[]): readonly List[] => page.filter(({ alias = '' }) => aliases.includes(alias)),
  pages: { kind: 'single' } satisfies Pagination<readonly List[], List>,
  rows: { kind: 'within' as const, rows: (list: List): readonly OptionRow[] => list.options.map((option) => ({ ...option, list: list.alias ?? '' })) },
  incremental: 'full_only' as const,
  deletions: { seenAs: 'flag', gone: (row: OptionRow): boolean => row.archived === 'yes' } satisfies Deletions<OptionRow>,
})
