import { ours, said, word, type Word } from '#kit'
import type { Issue } from './vendor.ts'

/** Words of the default configuration; an administrator may have others, which pass through. "Resolved" is neither open nor closed, so it does too. */
const statusWords = { New: 'OPEN', 'In Progress': 'IN_PROGRESS', Feedback: 'ON_HOLD', Closed: 'CLOSED', Rejected: 'CLOSED' }
const priorityWords = { Low: 'LOW', Normal: 'NORMAL', High: 'HIGH', Urgent: 'URGENT', Immediate: 'URGENT' }

type Named = { readonly name?: string | null; readonly is_closed?: boolean } | null
export const statusOf = (status: Issue['status'] | Named): string | Word | null => (status?.is_closed === true ? said('CLOSED', status.name ?? null) : word(statusWords, status?.name))
export const priorityOf = (priority: Issue['priority'] | Named): string | Word | null => word(priorityWords, priority?.name)

/** Whether a name of the vendor's is what is meant by a word, ours or its own. */
export const means = (read: (named: Named) => string | Word | null, named: Named | undefined, wanted: string): boolean => named?.name === wanted || ours(read(named ?? null)) === wanted
