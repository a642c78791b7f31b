import type { Named } from './scaffold.ts'

/** The vendor in a box: a world of rows, and questions for everything that the vendor does in its own way. */
export const sandboxFile = (names: readonly Named[]): string => `import { unanswered, type SandboxVendor } from '#kit'
import type { ${names.map(({ row }) => row).join(', ')} } from './vendor.ts'

/** All that the vendor keeps, in whatever form its routes like best. */
interface World {
${names.map(({ plural, row }) => `  ${plural}: ${row}[]`).join('\n')}
}

export const sandbox: SandboxVendor<World> = {
  link: unanswered('setup and credentials as the link form sends them; whatever they are, the box must refuse others'),
  grow: unanswered('a world of so many records, always the same for a size: overlay inventCompany(size) on fixtureBody(...)'),
  counts: unanswered('how many records of each model a complete read must find'),
  secrets: unanswered('texts of the world that may never be stored or logged: [] where there are none'),
  change: unanswered('change some records of each model that is read incrementally, at that moment; give their remote ids by model'),
  remove: unanswered('take some records away, at that moment; give their remote ids by model'),
  troubles: unanswered('what it answers to a refused key, a missing right, bad input and too many requests, and what each means'),
  routes: unanswered('every address that the adapter asks: guarded(refuse, [route(...)]), with the paging of the vendor'),
  otherwise: unanswered('what it answers where there is nothing'),
}
`
