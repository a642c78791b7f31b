import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, seedRecord } from '../support/seed.ts'

const installed = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file))

let db: TestDatabase
let api: TestApi
let browser: Browser
let origin: string

// In CI its absence is a failure, not a skip.
describe.skipIf(installed === undefined && process.env['CI'] !== 'true')('the reference page in a browser (needs Chromium; CHROMIUM names it)', () => {
  beforeAll(async () => {
    db = await testDatabase()
    api = await testApi(db.database)
    origin = await api.app.listen({ host: '127.0.0.1', port: 0 })
    browser = await chromium.launch({ executablePath: installed!, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  })
  afterAll(async () => {
    await browser.close()
    await api.app.close()
    await db.drop()
  })

  test('a reader enters a key and a token, tries a call, and sees the real answer; the policy blocks nothing that the page needs', async () => {
    const { organizationId, apiKey } = await seedOrganization(db.database, 'Reader')
    const account = await seedAccount(db.database, organizationId)
    await seedRecord(db.database, account, 'ticketing.Ticket', '1', { name: 'seen by the reader' })
    const page = await browser.newPage()
    page.setDefaultTimeout(40_000)
    const complaints: string[] = []
    const elsewhere: string[] = []
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) })
    page.on('pageerror', (error) => { complaints.push(error.message) })
    page.on('request', (request) => { if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) elsewhere.push(request.url()) })
    await page.goto(`${origin}/docs/#/ticketing/getTicketingTickets`)
    await page.locator('.btn.authorize').first().click()
    await page.locator('.modal-ux input[type="text"], .modal-ux input[type="password"]').nth(0).fill(apiKey)
    await page.locator('.modal-ux button.authorize').nth(0).click()
    await page.locator('.modal-ux input[type="text"], .modal-ux input[type="password"]').nth(0).fill(account.token)
    await page.locator('.modal-ux button.authorize').nth(0).click()
    await page.locator('.modal-ux .btn-done').first().click()
    const operation = page.locator('#operations-ticketing-getTicketingTickets')
    await operation.scrollIntoViewIfNeeded()
    if (await operation.locator('.try-out__btn').count() === 0) await operation.locator('.opblock-summary-control').click()
    await operation.locator('.try-out__btn').click()
    const answered = page.waitForResponse((response) => response.url().includes('/api/ticketing/v1/tickets'))
    await operation.locator('.btn.execute').click()
    const response = await answered
    expect(response.status()).toBe(200)
    expect(response.request().headers()).toMatchObject({ authorization: `Bearer ${apiKey}`, 'x-account-token': account.token })
    await operation.locator('.live-responses-table .response-col_status', { hasText: '200' }).first().waitFor()
    expect(await operation.locator('.live-responses-table').innerText()).toContain('seen by the reader')
    expect(complaints).toEqual([])
    expect(elsewhere).toEqual([])
  }, 120_000)
})
