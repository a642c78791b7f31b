import { Connection } from '@jsforce/jsforce-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSandbox, type Sandbox } from '#src/sandbox/start'
import { sandbox as vendor } from '../../providers/salesforce/sandbox.ts'
import type { World } from '../../providers/salesforce/sandbox/world.ts'

// What Salesforce's own SDK cannot read, the box has wrong.
describe('the official SDK, at the box', () => {
  let box: Sandbox<World>
  let connection: Connection
  beforeAll(async () => {
    box = await startSandbox({ vendor, size: 450 })
    const { client_id: clientId, client_secret: clientSecret } = box.link.credentials
    connection = new Connection({ loginUrl: box.origin, instanceUrl: box.origin, version: '64.0', oauth2: { loginUrl: box.origin, clientId: clientId!, clientSecret: clientSecret! } })
    await connection.authorize({ grant_type: 'client_credentials' })
  })
  afterAll(async () => { await box.close() })

  it('begins a session, and is told so where it cannot', async () => {
    expect(connection.accessToken).toMatch(/^box-/)
    const stranger = new Connection({ loginUrl: box.origin, instanceUrl: box.origin, oauth2: { loginUrl: box.origin, clientId: 'nobody', clientSecret: 'x' } })
    await expect(stranger.authorize({ grant_type: 'client_credentials' })).rejects.toThrow('client identifier invalid')
  })

  it('reads a list (crm.Contact) to its end, and sees what is in the recycle bin where it asks for it', async () => {
    const q = 'select Id, LastName, SystemModstamp from Contact order by Id'
    const first = await connection.query(q)
    expect([first.totalSize, first.done, first.records.length]).toEqual([450, false, 200])
    const all = await connection.query(q, { autoFetch: true, maxFetch: 10_000 })
    expect(new Set(all.records.map(({ Id }) => Id)).size).toBe(450)
    await connection.sobject('Contact').destroy(String(first.records[0]!.Id))
    expect((await connection.query('select Id from Contact')).totalSize).toBe(449)
    const gone = await connection.query('select Id from Contact where IsDeleted = true', { scanAll: true })
    expect(gone.records.map(({ Id }) => Id)).toEqual([first.records[0]!.Id])
  })

  it('reads what is on a case (ticketing.Ticket ticketing.Comment ticketing.Attachment) and who is in its queue (ticketing.Collection ticketing.User ticketing.Role)', async () => {
    const cases = await connection.query('select Id, Subject, Status, IsClosed, OwnerId from Case where IsClosed = false', { autoFetch: true, maxFetch: 10_000 })
    expect(cases.records.length).toBe(cases.totalSize)
    expect(cases.records.every(({ IsClosed, Status }) => IsClosed === false && Status !== 'Closed')).toBe(true)
    for (const [object, parent] of [['CaseComment', 'ParentId'], ['EmailMessage', 'ParentId'], ['Attachment', 'ParentId'], ['CaseShare', 'CaseId']] as const) {
      const found = await connection.query(`select Id, ${parent} from ${object} where ${parent} != null`, { autoFetch: true, maxFetch: 10_000 })
      expect(found.records.length, object).toBeGreaterThan(10)
    }
    const [link] = (await connection.query(`select Id, ContentDocumentId, LinkedEntityId from ContentDocumentLink where LinkedEntityId in ('5005g0000000004AAA')`)).records
    expect((await connection.query(`select Title, FileType from ContentVersion where IsLatest = true and ContentDocumentId = '${String(link!['ContentDocumentId'])}'`)).records).toMatchObject([{ FileType: 'PDF' }])
    expect((await connection.query('select QueueId, Queue.Name from QueueSobject where SobjectType = \'Case\'')).records).toMatchObject([{ Queue: { Name: 'First line' } }, { Queue: { Name: 'Recalls' } }])
    expect((await connection.query('select GroupId from GroupMember where UserOrGroupId in (\'0055g0000000003AAA\') and Group.Type in (\'Queue\')')).totalSize).toBe(1)
    expect((await connection.query('select Profile.Name from PermissionSet where IsOwnedByProfile = true')).records.map((one) => (one['Profile'] as { Name: string }).Name)).toContain('System Administrator')
  })

  it('opens a case, says something on it and closes it', async () => {
    const made = await connection.sobject('Case').create({ Subject: 'Größe fehlt', Status: 'New' })
    const said = await connection.sobject('CaseComment').create({ ParentId: made.id!, CommentBody: 'On its way', IsPublished: true })
    await connection.sobject('Case').update({ Id: made.id!, Status: 'Closed' })
    expect(await connection.sobject('Case').retrieve(made.id!)).toMatchObject({ Subject: 'Größe fehlt', Status: 'Closed' })
    expect((await connection.query(`select Id, CommentBody from CaseComment where ParentId = '${made.id!}'`)).records).toMatchObject([{ Id: said.id, CommentBody: 'On its way' }])
    await expect(connection.sobject('CaseComment').create({ CommentBody: 'On nothing' } as never)).rejects.toMatchObject({ errorCode: 'REQUIRED_FIELD_MISSING' })
  })

  it('describes objects', async () => {
    const { fields, name } = await connection.describe('Account')
    expect([name, fields.find((field) => field.name === 'Region__c')]).toMatchObject(['Account', { label: 'Region', custom: true, type: 'picklist' }])
    expect((await connection.describeGlobal()).sobjects.filter(({ custom, customSetting }) => custom && !customSetting).map(({ name: object }) => object)).toEqual(['Project__c', 'acme_pkg__Invoice__c', 'Tier__mdt'])
  })

  it('makes, changes and reads a record', async () => {
    const made = await connection.sobject('Contact').create({ LastName: 'Sørensen' })
    expect(made).toMatchObject({ success: true, errors: [] })
    await connection.sobject('Contact').update({ Id: made.id!, FirstName: 'Søren' })
    expect(await connection.sobject('Contact').retrieve(made.id!)).toMatchObject({ Id: made.id, FirstName: 'Søren', LastName: 'Sørensen', attributes: { type: 'Contact' } })
  })

  it('understands every refusal', async () => {
    await expect(connection.sobject('Contact').create({ FirstName: 'No name' } as never)).rejects.toMatchObject({ errorCode: 'REQUIRED_FIELD_MISSING', data: { fields: ['LastName'] } })
    await expect(connection.query('select Nickname from Contact')).rejects.toMatchObject({ errorCode: 'INVALID_FIELD' })
    await expect(connection.query('select Id from Nowhere')).rejects.toMatchObject({ errorCode: 'INVALID_TYPE' })
    await expect(connection.queryMore('/services/data/v64.0/query/01g000-2000')).rejects.toMatchObject({ errorCode: 'INVALID_QUERY_LOCATOR' })
    await expect(connection.describe('Nowhere')).rejects.toMatchObject({ errorCode: 'NOT_FOUND' })
    // It knows an ended session and wants another, for which it would need a refresh token.
    vendor.endSessions!(box.world)
    await expect(connection.query('select Id from Contact')).rejects.toThrow('Unable to refresh session')
  })
})
