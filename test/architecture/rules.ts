/** The house rules as functions of source texts, so that each can be shown to find what it looks for. */
import { globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'

export interface Source { readonly file: string; readonly text: string }

/** The real tree, read once. */
export const readSources = (root: string, pattern: string): Source[] =>
  globSync(pattern, { cwd: root }).map((file) => ({ file: file.replaceAll('\\', '/'), text: readFileSync(`${root}/${file}`, 'utf8') })).sort((a, b) => a.file.localeCompare(b.file))

const LEVELS: readonly (readonly string[])[] = [
  ['common-models', 'src/errors', 'src/config'],
  ['src/provider-kit', 'src/db', 'src/egress', 'src/http'],
  ['providers/*', 'src/upstream', 'src/logs', 'src/audit', 'src/issues', 'src/idempotency'],
  ['src/organizations', 'src/accounts', 'src/records', 'src/changes', 'src/drift'],
  ['src/sync', 'src/sandbox'], ['src/passthrough', 'src/files'],
  ['src/api'],
  ['src/cli'],
  ['src/main'],
]

/** Imports that do not point down, each with the reason why it may be. */
export const exceptions: readonly { readonly from: string; readonly to: string; readonly because: string }[] = [
  { from: 'src/config', to: 'src/egress/allowed-hosts', because: 'a setting is refused at start by the one parser that its user has' },
  { from: 'src/upstream', to: 'src/logs/entry', because: 'each request is told as a log entry; the type is the log\'s' },
  { from: 'src/accounts', to: 'src/organizations/tokens', because: 'an account\'s token has the form of an API key' },
]

const ALIASES: Readonly<Record<string, string>> = { '#kit': 'src/provider-kit/index', '#models': 'common-models', '#providers': 'providers', '#src': 'src' }

/** The room that a path belongs to: `src/sync`, `providers/acme`, `common-models`. */
export function roomOf(path: string): string {
  const [first = '', second] = path.replace(/\.ts$/, '').split('/')
  if (first === 'providers') return second === undefined || second === 'index' ? 'providers' : `providers/${second}`
  return first === 'src' ? `src/${second ?? ''}` : first
}

const levelOf = (room: string): number => LEVELS.findIndex((rooms) => rooms.includes(room) || (room.startsWith('providers/') && rooms.includes('providers/*')))

interface Import { readonly spec: string; readonly typeOnly: boolean }

/** Everything that a source imports, also by `import()` and re-export. */
export function importsOf({ text }: Source): Import[] {
  const statements = [...text.matchAll(/^\s*(import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'/gm)].map(([, , type, spec]) => ({ spec: spec!, typeOnly: type !== undefined }))
  const dynamic = [...text.matchAll(/\bimport\(\s*['"`]([^'"`]+)['"`]/g)].map(([, spec]) => ({ spec: spec!, typeOnly: false }))
  return [...statements, ...dynamic]
}

/** The path in the tree that an import leads to; null: a package. */
function targetOf(from: string, spec: string): string | null {
  if (spec.startsWith('.')) return posix.join(posix.dirname(from), spec).replace(/\.ts$/, '')
  const [head = '', ...rest] = spec.split('/')
  const base = ALIASES[head]
  return base === undefined ? null : [base, ...rest].join('/').replace(/\.ts$/, '')
}

/** Imports point down by level. Beside and up only where `exceptions` says why; vendors only where the house is put together. */
export function wrongImports(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const from = roomOf(source.file)
    if (from === 'providers') return []
    if (levelOf(from) < 0) return [`${source.file}: the room ${from} has no level; give it one`]
    return importsOf(source).flatMap(({ spec }) => {
      const target = targetOf(source.file, spec)
      if (target === null) return []
      const to = roomOf(target)
      const wrong = [`${source.file} -> ${target}`]
      if (to === from) return []
      if (to === 'providers' || to.startsWith('providers/')) return from === 'src/cli' ? [] : wrong
      if (from.startsWith('providers/')) return ['src/provider-kit', 'common-models'].includes(to) ? [] : wrong
      if (exceptions.some((exception) => exception.from === from && exception.to === target)) return []
      return levelOf(to) >= 0 && levelOf(to) < levelOf(from) ? [] : wrong
    })
  })
}

/** Exceptions that nobody needs any more. */
export const unusedExceptions = (sources: readonly Source[]): string[] =>
  exceptions.filter(({ from, to }) => !sources.some((source) => roomOf(source.file) === from && importsOf(source).some(({ spec }) => targetOf(source.file, spec) === to))).map(({ from, to }) => `${from} -> ${to}`)

/** The engine knows no vendor: none of these words stands in it, in code or in comments. */
export const namedVendors = (sources: readonly Source[], slugs: readonly string[]): string[] =>
  sources.flatMap(({ file, text }) => text.split('\n').flatMap((line, at) => slugs.filter((slug) => new RegExp(`(?<![a-z0-9])${RegExp.escape(slug)}(?![a-z0-9])`, 'i').test(line)).map((slug) => `${file}:${at + 1} names ${slug}`)))

const SOCKETS = /^(?:undici|ky|axios|got|node-fetch|ws|(?:node:)?(?:http|https|http2|net|tls|dgram|dns|dns\/promises))$/

/** What may open a connection, and where it may nevertheless be imported. */
export const socketExceptions: readonly { readonly file: string; readonly module: string; readonly because: string }[] = [
  { file: 'src/upstream/transport.ts', module: 'ky', because: 'it is handed our own fetch' },
  { file: 'src/sandbox/start.ts', module: 'node:http', because: 'it listens; it opens no connection' },
]

/** One door out: nothing but `src/egress/` can open a socket to a vendor. Types open none. */
export function otherDoors(sources: readonly Source[]): string[] {
  return sources.filter(({ file }) => !file.startsWith('src/egress/')).flatMap((source) => {
    const modules = importsOf(source).filter(({ spec, typeOnly }) => !typeOnly && SOCKETS.test(spec) && !socketExceptions.some(({ file, module }) => file === source.file && module === spec)).map(({ spec }) => `${source.file} imports ${spec}`)
    const code = source.text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '')
    const bare = /(?<![\w.$'"`]|typeof |async )fetch\(|\b(?:globalThis|global)\.fetch\b|\bnew (?:WebSocket|EventSource)\b/.test(code) ? [`${source.file} uses a global that opens connections`] : []
    return [...modules, ...bare]
  })
}

/** Bytes whose comparison tells nothing of where they differ. These compare what is no secret. */
export const plainComparisons: readonly { readonly file: string; readonly because: string }[] = [
  { file: 'src/db/seal.ts', because: 'two fixed words of ours are compared, after they were opened' },
  { file: 'src/idempotency/once.ts', because: 'the caller knows both requests whose hashes are compared' },
]

const SECRET = /(?:secret|signature|mac|digest|password|apiKey|accessToken|tokenHash|secretHash)$/i
const ABSENCE = /^(?:undefined|null|''|""|true|false|'(?:string|object|undefined)'|\d+)$/

/** Secrets, digests and signatures that are compared letter by letter: how long that takes tells how much of a guess is right. */
export function leakyComparisons(sources: readonly Source[]): string[] {
  return sources.flatMap(({ file, text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '')
    const compared = [...code.matchAll(/([\w.$\]['"!)]+)\s*[!=]==?\s*([\w.$['"!]+)/g)].filter(([, left = '', right = '']) => {
      const [from, to] = [left, right].map((side) => side.replace(/[!)\]]+$/, ''))
      return (SECRET.test(from!) && !ABSENCE.test(to!)) || (SECRET.test(to!) && !ABSENCE.test(from!))
    }).map(([found]) => `${file} compares ${found}`)
    const bytes = plainComparisons.some((plain) => plain.file === file) ? [] : [...code.matchAll(/\.equals\(|\bBuffer\.compare\(|\.compare\(/g)].map(() => `${file} compares bytes in the open`)
    return [...compared, ...bytes]
  })
}

export const linesOf = (text: string): number => text.trimEnd().split('\n').length

/** What a file costs its reader: its lines without imports, comments and blanks. */
export const costOf = (text: string): number =>
  linesOf(text.replaceAll(/^\s*\/\*\*?[^]*?\*\/\s*$/gm, '').replaceAll(/^\s*\/\/.*$/gm, '').replaceAll(/^import [^]*? from '[^']+'$/gm, '').replaceAll(/\n\s*(?=\n)/g, '').trimStart())

/** Files that cost more than they may. */
export const tooCostly = (sources: readonly Source[], most: ReadonlyMap<string, number>): string[] =>
  sources.flatMap(({ file, text }) => { const budget = most.get(file); return budget !== undefined && costOf(text) > budget ? [`${file} costs ${costOf(text)} lines, ${budget} are allowed`] : [] })

/** Files that have outgrown their one idea. */
export const tooLong = (sources: readonly Source[], most: (file: string) => number): string[] =>
  sources.filter(({ file, text }) => linesOf(text) > most(file)).map(({ file, text }) => `${file} has ${linesOf(text)} lines, ${most(file)} are allowed`)

/** Syntax that the house does without. */
export function foreignSyntax(sources: readonly Source[]): string[] {
  return sources.flatMap(({ file, text }) => [
    ...(/^export default\b|\bas default\b/m.test(text) ? [`${file} has a default export`] : []),
    ...[...text.matchAll(/^\s*(?:export\s+)?class\s+(\w+)(?:<[^>]*>)?(?:\s+extends\s+(\w+))?/gm)].filter(([, name = '', base = '']) => !/(?:Error|Fault)$/.test(name) || !base.endsWith('Error')).map(([, name]) => `${file} has the class ${name}; only errors are classes`),
    ...(/^\s*(?:export\s+)?(?:const\s+)?enum\s/m.test(text) ? [`${file} has an enum`] : []),
  ])
}

/** Tables with rows of an account that unlinking would leave behind, and names that are no tables. */
export function unerased(tables: readonly { readonly name: string; readonly columns: readonly string[] }[], erased: readonly string[]): string[] {
  const held = tables.filter(({ columns }) => columns.includes('linked_account_id')).map(({ name }) => name)
  return [...held.filter((name) => !erased.includes(name)).map((name) => `${name} outlives its account`), ...erased.filter((name) => !held.includes(name)).map((name) => `${name} is no table of an account`)]
}

/** Relative links of a page that lead nowhere. */
export const deadLinks = ({ file, text }: Source, exists: (path: string) => boolean): string[] =>
  [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => posix.join(posix.dirname(file), link!)).filter((path) => !exists(path)).map((path) => `${file} links to ${path}`)
