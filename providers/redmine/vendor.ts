/** The parts of Redmine's answers that we read. Documented at https://www.redmine.org/projects/redmine/wiki/Rest_api; keys marked optional are left out where they are empty, or by older versions. */

export interface Named {
  readonly id: number
  readonly name: string
}

export interface Attachment {
  readonly id: number
  readonly filename: string
  readonly content_type?: string | null
  readonly content_url: string
  readonly author?: Named
  readonly created_on: string
}

export interface CustomField extends Named {
  readonly multiple?: boolean
  readonly value?: string | null | readonly string[]
}

export interface Issue {
  readonly id: number
  readonly project?: Named
  readonly tracker?: Named
  readonly status?: Named & { readonly is_closed?: boolean }
  readonly priority?: Named
  readonly author?: Named
  readonly assigned_to?: Named
  readonly category?: Named
  readonly fixed_version?: Named
  readonly parent?: { readonly id: number }
  readonly subject: string
  readonly description?: string | null
  readonly due_date?: string | null
  readonly is_private?: boolean
  readonly custom_fields?: readonly CustomField[]
  readonly created_on: string
  readonly updated_on: string
  readonly closed_on?: string | null
  readonly attachments?: readonly Attachment[]
}

export interface Journal {
  readonly id: number
  readonly user?: Named
  readonly notes?: string | null
  readonly private_notes?: boolean
  readonly created_on: string
}

export interface User {
  readonly id: number
  readonly firstname?: string
  readonly lastname?: string
  readonly mail?: string | null
  readonly avatar_url?: string | null
  readonly status?: number
  readonly groups?: readonly Named[]
  readonly memberships?: readonly { readonly project: Named; readonly roles: readonly Named[] }[]
}

export interface Project extends Named {
  readonly identifier: string
  readonly description?: string | null
  readonly parent?: Named
  readonly is_public?: boolean
  readonly enabled_modules?: readonly Named[]
  readonly issue_categories?: readonly Named[]
  readonly created_on: string
  readonly updated_on: string
}

export interface Version extends Named {
  readonly project: Named
  readonly description?: string | null
  readonly created_on: string
  readonly updated_on: string
}

export interface Role extends Named {
  readonly issues_visibility?: string
  readonly permissions?: readonly string[]
}

/** One of a user and a group. */
export interface Membership {
  readonly id: number
  readonly project: Named
  readonly user?: Named
  readonly group?: Named
}

/** Every list that is handed out in parts says how many there are. */
export interface Counted { readonly total_count: number }
export interface IssuePage extends Counted { readonly issues: readonly Issue[] }
export interface UserPage extends Counted { readonly users: readonly User[] }
export interface ProjectPage extends Counted { readonly projects: readonly Project[] }
export interface MembershipPage extends Counted { readonly memberships: readonly Membership[] }
