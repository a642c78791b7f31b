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
