import { expect, test } from 'vitest'
import { testDatabase } from '../support/db.ts'

test('a clone is migrated', async () => {
  const t0 = performance.now()
  const { database, drop } = await testDatabase()
  console.log(performance.now() - t0)
  expect((await database.system.query('select count(*) from changes')).rows).toEqual([{ count: 0 }])
  await drop()
})
