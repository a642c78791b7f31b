import { inventCompany, mixed, tokenDesk, type BoxTicket, type TokenDesk } from '#kit'
import { documentOf } from '../adf.ts'
import type { Field, Grant, Group, LevelMember, Note, Person, Role } from '../vendor.ts'

export interface IssueRow { readonly id: string; readonly key: string; readonly fields: Record<string, unknown> & { updated: string; attachment: object[] } }
export interface ProjectRow { readonly id: string; readonly key: string; readonly name: string; readonly description: string; readonly projectTypeKey: string; readonly simplified: boolean; readonly scheme: number }
export interface JiraWorld {
  readonly people: readonly (Person & { readonly hidden: boolean; readonly memberOf: readonly Group[] })[]
  readonly groups: readonly Group[]
  readonly projects: readonly ProjectRow[]
  readonly roles: readonly (Role & { readonly description: string })[]
  readonly schemes: readonly { readonly id: number; readonly name: string; readonly permissions: readonly Grant[] }[]
  readonly members: readonly LevelMember[]
  readonly fields: readonly Field[]
  readonly labels: readonly string[]
  readonly issues: IssueRow[]
  readonly comments: Map<string, Note[]>
  readonly desk: TokenDesk
  next: number
}

export const ADMIN = { email: 'ada.admin@example.com', token: 'ATATT3x-canary-token-of-the-box=1A2B3C4D', accountId: '5b10a2844c20165700ede21g' }
/** Jira writes times in the zone of whoever asks. */
export const stamp = (at: Date): string => new Date(at.getTime() + 3_600_000).toISOString().replace('Z', '+0100')

export const statuses = ([['10000', 'To Do', 2, 'new', 'To Do'], ['3', 'In Progress', 4, 'indeterminate', 'In Progress'], ['10001', 'Waiting for customer', 4, 'indeterminate', 'In Progress'], ['10002', 'Done', 3, 'done', 'Done']] as const)
  .map(([id, name, category, key, called]) => ({ id, name, statusCategory: { id: category, key, name: called } }))
const PRIORITIES = [['1', 'Highest'], ['2', 'High'], ['3', 'Medium'], ['4', 'Low']] as const
const TYPES = [['10001', 'Task', false], ['10004', 'Bug', false], ['10002', 'Story', false]] as const
const LABELS = ['backend', 'billing', 'customer', 'flaky', 'größe', 'mobile', 'needs-design', 'regression', 'security', '日本語']
const FIELDS: readonly Field[] = [...['summary', 'description', 'status', 'priority', 'issuetype', 'project', 'assignee', 'labels', 'duedate', 'attachment', 'comment'].map((name) => ({ id: name, name, custom: false })), { id: 'customfield_10016', name: 'Story point estimate', custom: true, schema: { type: 'number' } }, { id: 'customfield_10031', name: 'Region', custom: true, schema: { type: 'option' } }]
const of = <T>(list: readonly T[], n: number): T => list[n % list.length]!

export const personOnWire = (accountId: string, name: string, email: string | null, accountType = 'atlassian', active = true): Person => ({
  accountId, accountType, active, displayName: name, ...(email !== null && { emailAddress: email }),
  avatarUrls: Object.fromEntries(['16x16', '24x24', '32x32', '48x48'].map((size) => [size, `https://avatar-management.example.net/initials/${encodeURIComponent(name.slice(0, 1))}.png?size=${size.slice(0, 2)}`])),
})

const file = (n: number, author: Person, at: Date): object => ({ id: String(30_000 + n), filename: `trace-${n}.txt`, author, created: stamp(at), size: 900 + n, mimeType: 'text/plain', content: `https://acme.atlassian.net/rest/api/3/attachment/content/${30_000 + n}` })
export const sentFile = (world: JiraWorld, { name, type, bytes }: { readonly name: string; readonly type: string; readonly bytes: Buffer }, at: Date): object => ({ ...newFile(world, at), filename: name, mimeType: type, size: bytes.length })
export const newFile = (world: JiraWorld, at: Date): object => file(world.next++, shown(world.people[0]!), at)
export const newNote = (world: JiraWorld, text: string, at: Date): Note => ({ id: String(20_000 + world.next++), author: shown(world.people[0]!), body: documentOf(text), renderedBody: `<p>${text}</p>`, created: stamp(at), jsdPublic: true })

/** A company's Jira, as its administrator's token sees it: help desks for its customers, and projects for itself. */
export function grow(size: number): JiraWorld {
  const company = inventCompany(size)
  const groups = ['jira-administrators', 'jira-software-users', ...company.customers.map(({ n }) => `team-${n}`)].map((name, n) => ({ groupId: `276f955c-63d7-42c8-9520-${String(n).padStart(12, '0')}`, name }))
  const staff = company.people.map(({ n, first, last, email, leftOn }) => ({ ...personOnWire(n === 1 ? ADMIN.accountId : `557058:${n}`, `${first} ${last}`, n % 4 === 2 ? null : email, 'atlassian', leftOn === null), hidden: false, memberOf: n === 1 ? groups.slice(0, 2) : n % 6 === 0 ? [] : [groups[1]!, of(groups, n)] }))
  const customers = company.contacts.map(({ n, first, last, email }) => ({ ...personOnWire(`qm:${n}`, `${first} ${last}`, n % 5 === 0 ? null : email, 'customer'), hidden: false, memberOf: [] }))
  const app = { ...personOnWire('app:automation', 'Automation for Jira', null, 'app'), hidden: false, memberOf: [] }
  const gone = { ...personOnWire('unknown:1', 'Former user', null, 'unknown', false), hidden: true, memberOf: [] }
  const projects = [...company.departments, ...company.customers.map(({ name }) => name)].map((name, n) => ({ id: String(10_000 + n), key: `P${n}`, name, description: n % 3 === 1 ? '' : `Work for ${name}`, projectTypeKey: n % 4 === 2 ? 'service_desk' : 'software', simplified: n % 5 === 0, scheme: n % 3 }))
  const roles = ['Administrators', 'Developers', 'Viewer', 'Service Desk Team'].map((name, n) => ({ id: 10_002 + n, name, description: `Project role ${name}` }))
  const granted = (scheme: number, list: readonly (readonly [string, string, string?])[]): Grant[] => list.map(([permission, type, value], n) => ({ id: scheme * 100 + n, permission, holder: { type, ...(value !== undefined && { value, parameter: value }) } }))
  const schemes = [
    { id: 0, name: 'Default software scheme', permissions: granted(100, [['BROWSE_PROJECTS', 'applicationRole'], ['BROWSE_PROJECTS', 'group', groups[1]!.groupId], ['CREATE_ISSUES', 'applicationRole'], ['EDIT_ISSUES', 'projectRole', '10003'], ['DELETE_ISSUES', 'projectRole', '10002'], ['ADMINISTER_PROJECTS', 'projectRole', '10002'], ['ASSIGN_ISSUES', 'projectRole', '10003']]) },
    { id: 10_001, name: 'Private', permissions: granted(101, [['BROWSE_PROJECTS', 'projectRole', '10002'], ['BROWSE_PROJECTS', 'user', staff.at(-1)!.accountId], ['EDIT_ISSUES', 'user', staff[0]!.accountId], ['CLOSE_ISSUES', 'projectRole', '10005']]) },
    { id: 10_002, name: 'Open to the world', permissions: granted(102, [['BROWSE_PROJECTS', 'anyone'], ['CREATE_ISSUES', 'group', groups[1]!.groupId], ['EDIT_ISSUES', 'reporter']]) },
  ]
  const members = [['group', groups[0]!.groupId], ['projectRole', '10002'], ['reporter', undefined], ['user', staff[0]!.accountId]].map(([type, value], n) => ({ id: String(10_200 + n), issueSecurityLevelId: '10100', issueSecuritySchemeId: '10010', holder: { type: type!, ...(value !== undefined && { value, parameter: value }) } }))
  const comments = new Map<string, Note[]>()
  const issues = company.tickets.map((ticket) => issueOf(ticket))
  // One issue on which everybody had something to say: more than one page of it.
  const long = issues[1 % Math.max(1, issues.length)]
  const world: JiraWorld = { people: [...staff, gone, ...customers, app], groups, projects, roles, schemes, members, fields: FIELDS, labels: LABELS, issues, comments, desk: tokenDesk(), next: 100_000 }
  if (size > 50 && long !== undefined) for (let n = 0; n < 130; n++) comments.get(long.id)!.push(newNote(world, `Me too (${n})`, new Date(Date.UTC(2022, 1, 1, 8, n))))
  return world

  function issueOf({ n, subject, text, reporter, assignee, status: at, priority, parent, dueOn, comments: remarks, createdAt, updatedAt }: BoxTicket): IssueRow {
    const project = of(projects, mixed(n, 7))
    const isRequest = project.projectTypeKey === 'service_desk'
    const status = of(statuses, at)
    const author = isRequest ? of(customers, n) : staff[reporter - 1]!
    const [typeId, typeName, subtask] = of(TYPES, n)
    const [priorityId, priorityName] = of(PRIORITIES, priority)
    comments.set(String(10_000 + n), remarks.map((remark) => ({
      id: String(20_000 + remark.n), author: isRequest && remark.n % 2 === 0 ? shown(author) : shown(staff[remark.author - 1]!), body: documentOf(remark.text), renderedBody: `<p>${remark.text}</p>`, created: stamp(remark.at), jsdPublic: !(isRequest && remark.n % 3 === 0),
      ...(remark.n % 11 === 0 && { visibility: { type: 'role', value: 'Administrators', identifier: 'Administrators' } }),
    })))
    return {
      id: String(10_000 + n), key: `${project.key}-${n}`,
      fields: {
        summary: subject, description: n % 6 === 0 ? null : documentOf(text), project: { id: project.id, key: project.key, name: project.name }, labels: n % 3 === 0 ? [] : [of(LABELS, n), of(LABELS, n + 3)],
        status, statuscategorychangedate: stamp(updatedAt), resolutiondate: status.statusCategory.key === 'done' && n % 2 === 0 ? stamp(updatedAt) : null,
        priority: n % 10 === 0 ? null : { id: priorityId, name: priorityName }, issuetype: { id: typeId, name: typeName, subtask }, assignee: assignee === null ? null : shown(staff[assignee - 1]!), creator: shown(author), reporter: shown(author), duedate: dueOn,
        ...(parent !== null && { parent: { id: String(10_000 + parent), key: `X-${parent}` } }), security: n % 7 === 0 ? { id: '10100', name: 'Internal only' } : null,
        attachment: n % 4 === 0 ? [file(n, shown(author), createdAt), file(n + 50_000, shown(staff[0]!), updatedAt)] : [], created: stamp(createdAt), updated: stamp(updatedAt), customfield_10016: n % 3 === 0 ? null : n % 13, customfield_10031: n % 4 === 0 ? { self: 'https://acme.atlassian.net/rest/api/3/customFieldOption/10100', value: 'EMEA', id: '10100' } : null,
      },
    }
  }
}

/** A person inside something else comes without groups. */
export const shown = ({ hidden: _hidden, memberOf: _memberOf, ...person }: JiraWorld['people'][number]): Person => person
