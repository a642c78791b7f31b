/** The data of one Redmine, as its database would hold it: references are ids, names are looked up when an answer is written. */

export interface Named { readonly id: number; name: string }
export interface UserRow {
  readonly id: number
  login: string
  firstname: string
  lastname: string
  mail: string
  admin: boolean
  /** 1 active, 2 registered, 3 locked. */
  status: number
  api_key: string
  gravatar: boolean
  groups: number[]
  memberships: { id: number; project_id: number; roles: number[] }[]
  readonly created_on: number
}
export interface ProjectRow extends Named {
  identifier: string
  description: string | null
  parent_id: number | null
  /** 1 active, 5 closed. */
  status: number
  is_public: boolean
  modules: string[]
  readonly created_on: number
  updated_on: number
}
export interface VersionRow extends Named {
  project_id: number
  description: string
  status: 'open' | 'locked' | 'closed'
  due_date: string | null
  sharing: 'none' | 'descendants'
  readonly created_on: number
}
export interface CategoryRow extends Named { project_id: number }
export interface StatusRow extends Named { is_closed: boolean }
export interface RoleRow extends Named { issues_visibility: 'all' | 'default' | 'own'; permissions: string[] }
export interface FieldRow extends Named { multiple: boolean }
export interface AttachmentRow { readonly id: number; filename: string; filesize: number; content_type: string; author_id: number; readonly created_on: number }
export interface JournalRow {
  readonly id: number
  user_id: number
  /** Null: the text that belongs to the id. */
  notes: string | null
  private_notes: boolean
  details: { property: string; name: string; old_value: string | null; new_value: string | null }[]
  readonly created_on: number
}
export interface IssueRow {
  readonly id: number
  project_id: number
  tracker_id: number
  status_id: number
  priority_id: number
  author_id: number
  assigned_to_id: number | null
  category_id: number | null
  fixed_version_id: number | null
  parent_id: number | null
  /** Null: the text that belongs to the id. */
  subject: string | null
  description: string | null
  due_date: string | null
  done_ratio: number
  estimated_hours: number | null
  is_private: boolean
  custom: Map<number, string | string[]>
  readonly created_on: number
  updated_on: number
  closed_on: number | null
  attachments: AttachmentRow[]
  journals: JournalRow[]
}

/** Tables are in the order of their ids. */
export interface RedmineWorld {
  users: UserRow[]
  groups: Named[]
  projects: ProjectRow[]
  versions: VersionRow[]
  categories: CategoryRow[]
  trackers: Named[]
  statuses: StatusRow[]
  priorities: Named[]
  roles: RoleRow[]
  fields: FieldRow[]
  issues: IssueRow[]
  /** Files that belong to no issue yet, by their tokens. */
  readonly uploads: Map<string, AttachmentRow>
  nextJournal: number
  nextAttachment: number
}

/** The index of the first row whose id is not smaller. */
export function lowerBound(rows: readonly { readonly id: number }[], id: number): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[middle]!.id < id) low = middle + 1
    else high = middle
  }
  return low
}

export function find<T extends { readonly id: number }>(rows: readonly T[], id: number | null): T | undefined {
  if (id === null || !Number.isInteger(id)) return undefined
  const row = rows[lowerBound(rows, id)]
  return row?.id === id ? row : undefined
}
