// Fetches the vendors' published contracts, by pinned address and hash, for those who have no test material. Nothing else needs them:
// without them the contract tests skip and say so.
//   npm run specs                    all of them, into the cache of this user
//   npm run specs -- hubspot jira    those of some vendors
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { published } from '../test/contract/published.ts'
import { bringAll } from './specs/cache.ts'

const { values: { into }, positionals } = parseArgs({ allowPositionals: true, options: { into: { type: 'string', default: join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'intermodal') } } })
const strangers = positionals.filter((slug) => !Object.hasOwn(published, slug))
if (strangers.length > 0) {
  console.error(`No contract of ${strangers.join(', ')} is pinned. There are: ${Object.keys(published).join(', ')}.`)
  process.exit(1)
}
const folder = resolve(into)
const { here, missing } = await bringAll(Object.fromEntries(Object.entries(published).filter(([name]) => positionals.length === 0 || positionals.includes(name))), folder, (line) => console.log(line))
console.log(`\n${here} of ${here + missing.length} contracts are in ${folder}.`)
if (here > 0) console.log(`INTERMODAL_TEST_MATERIAL=${folder} npx vitest run test/contract`)
if (missing.length > 0) console.error(`The contract tests of ${[...new Set(missing)].join(', ')} skip until the rest is there. A text can also be put into its place by hand: the hash decides, not where it came from.`)
process.exitCode = missing.length === 0 ? 0 : 1
