import { prose, said, type Word } from '#kit'
import type { Status } from './vendor.ts'

/** Every status, whatever its name, is in one of three categories. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-workflow-status-categories/ */
const statusWords: Readonly<Record<string, string>> = { new: 'OPEN', indeterminate: 'IN_PROGRESS', done: 'CLOSED' }
/** Those that wait are in progress too: they are told by the names that Jira ships with. */
const waiting = new Set(['On Hold', 'Pending', 'Waiting for customer'])

export const isDone = (status: Status | undefined): boolean => status?.statusCategory?.key === 'done'

export function statusOf(status: Status | undefined): string | Word | null {
  const [key, name] = [status?.statusCategory?.key ?? '', prose(status?.name)]
  if (!Object.hasOwn(statusWords, key)) return name
  return said(key === 'indeterminate' && waiting.has(name ?? '') ? 'ON_HOLD' : statusWords[key]!, name)
}

/** Whether a status of the workflow is what a caller means by a word of ours, or by the vendor's own name. */
export const means = (status: Status | undefined, wish: string): boolean => {
  const told = statusOf(status)
  return wish === status?.name || wish === (typeof told === 'object' ? told?.ours : told)
}

/** Words of the default scheme; an administrator may have others, which pass through. */
export const priorityWords = { Highest: 'URGENT', High: 'HIGH', Medium: 'NORMAL', Low: 'LOW', Lowest: 'LOW' }
