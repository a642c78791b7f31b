import { createCloudClient } from 'jira.js/cloud'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSandbox, type Sandbox } from '#src/sandbox/start'
import { documentOf } from '../../providers/jira/adf.ts'
import { sandbox as vendor } from '../../providers/jira/sandbox.ts'
import type { JiraWorld } from '../../providers/jira/sandbox/world.ts'

// jira.js holds every answer against schemas of its own: what it cannot read, the box has wrong.
describe('the box, driven by jira.js', () => {
  let box: Sandbox<JiraWorld>
  const client = () => createCloudClient({ host: box.origin, auth: { type: 'basic', email: box.link.credentials['email']!, apiToken: box.link.credentials['api_token']! }, onSchemaMismatch: 'throw' })
  beforeAll(async () => { box = await startSandbox({ vendor, size: 120 }) })
  afterAll(async () => { await box.close() })

  it('lists ticketing.Ticket ticketing.Comment ticketing.User ticketing.Project ticketing.Tag ticketing.Role in Jira\'s words, and fields and schemes', async () => {
    const api = client()
    const ids: (string | undefined)[] = []
    for (let nextPageToken: string | undefined, pages = 0; pages === 0 || nextPageToken !== undefined; pages++) {
      const page = await api.issueSearch.searchAndReconsileIssuesUsingJqlPost({ jql: 'created >= "1970-01-01" ORDER BY created', fields: ['summary', 'comment'], maxResults: 50, ...(nextPageToken !== undefined && { nextPageToken }) })
      ids.push(...(page.issues ?? []).map(({ id }) => id))
      nextPageToken = page.nextPageToken ?? undefined
      expect(page.isLast).toBe(nextPageToken === undefined)
    }
    expect(new Set(ids).size).toBe(120)
    expect((await api.issueComments.getComments({ issueIdOrKey: ids[1]!, expand: 'renderedBody' })).comments!.length).toBe(100)
    expect((await api.myself.getCurrentUser()).accountId).toBe('5b10a2844c20165700ede21g')
    expect((await api.users.getAllUsers({ maxResults: 1000 })).length).toBeGreaterThan(120)
    expect((await api.users.getUser({ accountId: '5b10a2844c20165700ede21g', expand: 'groups' })).groups?.items).toHaveLength(2)
    expect((await api.projects.searchProjects({ expand: 'description' })).total).toBe(31)
    expect((await api.labels.getAllLabels()).values).toContain('größe')
    expect((await api.issueFields.getFields()).filter(({ custom }) => custom)).toHaveLength(2)
    expect(await api.projectRoles.getAllProjectRoles()).toHaveLength(4)
    expect((await api.permissionSchemes.getAllPermissionSchemes({ expand: 'permissions' })).permissionSchemes).toHaveLength(3)
    expect((await api.projectPermissionSchemes.getAssignedPermissionScheme({ projectKeyOrId: '10000', expand: 'permissions' })).permissions!.length).toBeGreaterThan(0)
  })

  it('makes and changes issues and comments, and complains as Jira does', async () => {
    const api = client()
    const made = await api.issues.createIssue({ fields: { project: { key: 'P1' }, summary: 'From the kit', issuetype: { name: 'Bug' } } })
    await api.issues.editIssue({ issueIdOrKey: made.id, fields: { summary: 'Changed' } })
    await api.issueComments.addComment({ issueIdOrKey: made.id, body: documentOf('Hello') as never })
    const read = await api.issues.getIssue({ issueIdOrKey: made.key })
    expect(read.fields).toMatchObject({ summary: 'Changed', comment: { total: 1 } })
    const [file] = await api.issueAttachments.addAttachment({ issueIdOrKey: made.id, attachments: { filename: 'trace.txt', content: Buffer.from('trace') } })
    expect(file).toMatchObject({ filename: 'trace.txt', size: 5 })
    await expect(api.issues.createIssue({ fields: { project: { key: 'P1' }, summary: '', issuetype: { name: 'Bug' } } })).rejects.toThrow(/summary/)
  })
})
