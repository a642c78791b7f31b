/** The parts of Jira Cloud's answers that we read. Documented at https://developer.atlassian.com/cloud/jira/platform/rest/v3/ ; keys marked optional are left out where they are empty, or where a person's privacy settings hide them. */
import type { AdfNode } from './adf.ts'

export interface Person {
  readonly accountId: string
  /** `atlassian`, `app`, or `customer`: somebody who only has access to a help desk. */
  readonly accountType?: string
  readonly displayName?: string
  readonly emailAddress?: string | null
  readonly active?: boolean
  readonly avatarUrls?: Readonly<Record<string, string>>
  readonly groups?: { readonly items?: readonly Group[] }
}

export interface Group {
  readonly groupId?: string | null
  readonly name?: string
}

export interface Named {
  readonly id: string
  readonly name?: string
}

export interface File {
  /** A text, or a number. */
  readonly id: string | number
  readonly filename?: string
  readonly author?: Person
  readonly created?: string
  readonly mimeType?: string
  readonly content?: string
}

export interface Note {
  readonly id: string
  readonly author?: Person
  readonly body?: AdfNode | null
  readonly renderedBody?: string
  readonly created?: string
  /** False: hidden from the customers of a help desk. */
  readonly jsdPublic?: boolean
  readonly visibility?: { readonly type?: string; readonly identifier?: string | null }
}

export interface Status extends Named { readonly statusCategory?: { readonly key?: string } }

export interface IssueFields {
  readonly summary?: string | null
  readonly description?: AdfNode | null
  readonly status?: Status
  readonly statuscategorychangedate?: string | null
  readonly priority?: Named | null
  readonly issuetype?: Named
  readonly project?: Named
  readonly parent?: { readonly id: string }
  readonly assignee?: Person | null
  readonly creator?: Person | null
  readonly reporter?: Person | null
  readonly labels?: readonly string[]
  readonly security?: Named | null
  readonly attachment?: readonly File[]
  /** The first few; all of them are the comment list's to tell. */
  readonly comment?: { readonly total?: number }
  readonly duedate?: string | null
  readonly created?: string
  readonly updated?: string
  readonly resolutiondate?: string | null
}

/** What a ticket is read from, beside the account's custom fields. */
export const issueColumns = [
  'summary', 'description', 'status', 'statuscategorychangedate', 'priority', 'issuetype', 'project', 'parent', 'assignee', 'creator', 'reporter', 'labels', 'security', 'attachment', 'duedate', 'created', 'updated', 'resolutiondate',
] as const satisfies readonly (keyof IssueFields)[]

export interface Issue {
  readonly id: string
  readonly key?: string
  readonly fields: IssueFields & Readonly<Record<string, unknown>>
}

/** Who holds a permission. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permission-schemes/ */
export interface Holder {
  readonly type?: string
  /** The id of the group, the user or the role. */
  readonly value?: string
  /** The same, but the name of a group. */
  readonly parameter?: string
}

export interface Grant {
  readonly id: string | number
  readonly permission?: string
  readonly holder?: Holder
}

export interface Scheme { readonly permissions?: readonly Grant[] }
export interface LevelMember { readonly id: string; readonly issueSecurityLevelId: string; readonly holder?: Holder }

export interface Project {
  readonly id: string
  readonly key?: string
  readonly name?: string
  readonly description?: string
}

export interface Role {
  readonly id: number
  readonly name?: string
}

export interface Field {
  readonly id: string
  readonly name: string
  readonly custom?: boolean
  readonly schema?: { readonly type?: string }
}

/** A step that an issue can take from where it stands. */
export interface Transition { readonly id?: string; readonly to?: Status }

export interface SearchPage { readonly issues: readonly Issue[]; readonly nextPageToken?: string | null; readonly isLast?: boolean }
export interface NotePage { readonly comments: readonly Note[]; readonly total: number }
/** Most lists come so. */
export interface Page<T> { readonly values: readonly T[]; readonly total: number; readonly isLast?: boolean; readonly startAt?: number; readonly maxResults?: number }

/** Customers of a help desk are contacts; everybody else, apps too, works on tickets. */
export const isCustomer = (person: Person | null | undefined): boolean => person?.accountType === 'customer'
export const userOf = (person: Person | null | undefined): unknown => (isCustomer(person) ? null : person?.accountId)
export const customerOf = (person: Person | null | undefined): unknown => (isCustomer(person) ? person?.accountId : null)

/** The site's own address: the API of accounts that were linked by consent is at another host. */
export const site = (setup: Readonly<Record<string, string>>): string => `https://${setup['site'] ?? ''}.atlassian.net`
