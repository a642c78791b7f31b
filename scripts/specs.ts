// Fetches the vendors' published contracts, by pinned address and hash, for those who have no test material. Nothing else needs them:
// without them the contract tests skip and say so.
//   npm run specs                    all of them, into the cache of this user
//   npm run specs -- hubspot jira    those of some vendors
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { published } from '../test/contract/published.ts'
import { bring } from './specs/cache.ts'

const { values: { into }, positionals } = parseArgs({ allowPositionals: true, options: { into: { type: 'string', default: join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'intermodal') } } })
const strangers = positionals.filter((slug) => !Object.hasOwn(published, slug))
if (strangers.length > 0) {
  console.error(`No contract of ${strangers.join(', ')} is pinned. There are: ${Object.keys(published).join(', ')}.`)
  process.exit(1)
}
const folder = resolve(into)
let refused = 0
for (const [slug, contracts] of Object.entries(published).filter(([name]) => positionals.length === 0 || positionals.includes(name))) {
  for (const contract of contracts) {
    const outcome = await bring(contract, folder)
    if (outcome.startsWith('refused')) refused += 1
    console.log(`${slug.padEnd(12)} ${contract.file}: ${outcome}`)
  }
}
console.log(`\nINTERMODAL_TEST_MATERIAL=${folder} npx vitest run test/contract`)
process.exitCode = refused === 0 ? 0 : 1
