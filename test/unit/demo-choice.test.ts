import { expect, test } from 'vitest'
import { oneOfEach } from '#src/cli/demo'
import { provider } from '../support/door.ts'

test('the demo has one vendor of each category, and none of them twice', () => {
  const all = [provider({ slug: 'both', categories: ['crm', 'ticketing'] }), provider({ slug: 'people', categories: ['hris'] }), provider({ slug: 'tickets', categories: ['ticketing'] })]
  const chosen = oneOfEach(all).map(({ provider: { slug }, category }) => `${category}: ${slug}`).toSorted()
  expect(chosen).toEqual(['crm: both', 'hris: people', 'ticketing: tickets'])
  expect(oneOfEach([all[0]!])).toHaveLength(1)
})
