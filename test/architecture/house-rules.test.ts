import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { describe, expect, it } from 'vitest'
import { models, type CommonModel } from '#models'
import { providers } from '#providers'
import { accountTables } from '#src/accounts/delete'
import { mutants } from '../mutants/index.ts'
import { costOf, deadLinks, exceptions, foreignSyntax, leakyComparisons, linesOf, namedVendors, otherDoors, plainComparisons, readSources, socketExceptions, tooCostly, tooLong, unerased, unusedExceptions, wrongImports } from './rules.ts'

const root = resolve(import.meta.dirname, '../..')
const sources = readSources(root, '{common-models,providers,src}/**/*.ts')
const engine = sources.filter(({ file }) => !file.startsWith('providers/'))
const fieldsOf = (model: CommonModel): number => Object.keys(model.schema.properties).length
const kebab = (name: string): string => name.replace(/(?<=[a-z0-9])[A-Z]/g, '-$&').toLowerCase()
const source = (file: string, text: string) => ({ file, text })
const doorsIn = (text: string): string[] => otherDoors([source('src/sync/a.ts', text)])
const foreignIn = (text: string): string[] => foreignSyntax([source('a.ts', text)])
const namedIn = (text: string): string[] => namedVendors([source('src/a.ts', text)], ['acme'])
const wrongIn = (file: string, text: string): string[] => wrongImports([source(file, text)])

describe('imports', () => {
  it('point down, and where they do not it is said why', () => {
    expect(sources.length).toBeGreaterThan(100)
    expect(wrongImports(sources)).toEqual([])
    expect(unusedExceptions(sources)).toEqual([])
    for (const { because } of exceptions) expect(because.length).toBeGreaterThan(20)
  })

  it('that point up, beside, into another vendor or out of no room are found', () => {
    expect(wrongIn('src/records/query.ts', `import { a } from '../sync/run.ts'`)).toEqual(['src/records/query.ts -> src/sync/run'])
    expect(wrongIn('src/records/query.ts', `import type { A } from '../changes/feed.ts'`)).toHaveLength(1)
    expect(wrongIn('src/records/query.ts', `const a = await import('../api/app.ts')`)).toHaveLength(1)
    expect(wrongIn('src/records/query.ts', `export * from '#src/api/app'`)).toHaveLength(1)
    expect(wrongIn('src/records/query.ts', `import {\n  a,\n  b,\n} from '../sync/run.ts'`)).toHaveLength(1)
    expect(wrongIn('src/sync/run.ts', `import { providers } from '#providers'`)).toHaveLength(1)
    expect(wrongIn('src/cli/house.ts', `import { providers } from '#providers'`)).toEqual([])
    expect(wrongIn('providers/acme/ticket.ts', `import { other } from '../other/ticket.ts'`)).toHaveLength(1)
    expect(wrongIn('providers/acme/ticket.ts', `import { Fault } from '#src/errors'`)).toHaveLength(1)
    expect(wrongIn('providers/acme/ticket.ts', `import { text } from '#kit'\nimport { Ticket } from '#models/ticketing/ticket'\nimport { a } from './vendor.ts'`)).toEqual([])
    expect(wrongIn('src/attic/a.ts', '')).toEqual(['src/attic/a.ts: the room src/attic has no level; give it one'])
    expect(wrongIn('src/config.ts', `import { a } from './egress/guard.ts'`)).toHaveLength(1)
  })
})

describe('vendors', () => {
  it('are not named in the engine', () => {
    expect(namedVendors(engine, providers.map(({ slug }) => slug))).toEqual([])
  })

  it('that are named there are found, in code and in comments, but not inside other words', () => {
    expect(namedIn(`if (slug === 'acme') x()`)).toEqual(['src/a.ts:1 names acme'])
    expect(namedIn('\n// as Acme does')).toEqual(['src/a.ts:2 names acme'])
    expect(namedIn('x_acme_y')).toHaveLength(1)
    expect(namedIn('pacmen')).toEqual([])
  })

  it('are all in the registry, under the name of their folder, with resources of their own categories', () => {
    const folders = globSync('providers/*/', { cwd: root }).map((folder) => basename(folder)).sort()
    expect([...providers].map(({ slug }) => slug).sort()).toEqual(folders)
    for (const { slug, categories, resources } of providers) {
      expect(existsSync(`${root}/providers/${slug}/README.md`), `${slug} tells operators how to connect it`).toBe(true)
      for (const { model } of resources) expect(categories as readonly string[]).toContain(model.category)
      expect(new Set(resources.map(({ model }) => model.id)).size).toBe(resources.length)
    }
  })
})

describe('the one door', () => {
  it('T69 is the only code that can open a connection', () => {
    expect(otherDoors(sources)).toEqual([])
    for (const { file, module } of socketExceptions) expect(readFileSync(`${root}/${file}`, 'utf8')).toContain(`from '${module}'`)
  })

  it('T69 has no other beside it that would not be found', () => {
    for (const module of ['undici', 'ky', 'node:http', 'node:https', 'http2', 'node:net', 'node:tls', 'node:dgram', 'node:dns/promises']) expect(doorsIn(`import x from '${module}'`), module).toHaveLength(1)
    expect(doorsIn(`await import('node:net')`)).toHaveLength(1)
    expect(doorsIn('const answer = await fetch(url)')).toHaveLength(1)
    expect(doorsIn('const f = globalThis.fetch')).toHaveLength(1)
    expect(doorsIn('new WebSocket(url)')).toHaveLength(1)
    expect(doorsIn(`import type { Socket } from 'node:net'\n// fetch(url)\nrefetch(url); client.fetch(url)`)).toEqual([])
    expect(otherDoors([source('src/egress/a.ts', `import { fetch } from 'undici'`)])).toEqual([])
  })
})

describe('secrets', () => {
  it('T16 are compared in constant time, all of them', () => {
    // A vendor in a box has nothing to keep.
    expect(leakyComparisons(sources.filter(({ file }) => !/^src\/provider-kit\/box\/|^providers\/[^/]+\/sandbox/.test(file)))).toEqual([])
    for (const { file, because } of plainComparisons) {
      expect(readFileSync(`${root}/${file}`, 'utf8'), file).toContain('.equals(')
      expect(because.length).toBeGreaterThan(20)
    }
  })

  it('T16 that are compared in another way are found', () => {
    for (const text of ['if (secret === stored) x()', 'return given !== row.secret_hash || row.secretHash === given', 'a.signature == b', 'mac(key, text) === sent.mac', 'given.equals(stored)', 'Buffer.compare(a, b) === 0', `if (apiKey === process.env['KEY']) x()`]) expect(leakyComparisons([source('src/a.ts', text)]), text).not.toEqual([])
    for (const text of ['if (secret === undefined) x()', `typeof apiKey === 'string'`, '// secret === stored', 'timingSafeEqual(given, stored)', 'row.rawHash === incoming.rawHash']) expect(leakyComparisons([source('src/a.ts', text)]), text).toEqual([])
  })
})

describe('files', () => {
  // Where a vendor serves more than one category, each has a folder: both may have users.
  const resourceBudgets = new Map<string, number>(providers.flatMap(({ slug, categories, resources }) => resources.map(({ model }) => [`providers/${slug}/${categories.length > 1 ? `${model.category}/` : ''}${kebab(model.name)}.ts`, fieldsOf(model as CommonModel) + 25] as const)))
  const modelBudgets = new Map<string, number>(Object.values(models).map((model) => [`common-models/${model.category}/${kebab(model.name)}.ts`, 2 * fieldsOf(model as CommonModel) + 20] as const))

  const most = (file: string): number => modelBudgets.get(file) ?? (/^providers\/[^/]+\/index\.ts$/.test(file) ? 50 : 250)

  it('keep to their size: 250 lines in the engine, a resource its fields and 25 beside imports and comments, a model twice its fields and 20', () => {
    for (const file of [...resourceBudgets.keys(), ...modelBudgets.keys()]) expect(existsSync(`${root}/${file}`), file).toBe(true)
    expect(tooLong(sources, most)).toEqual([])
    expect(tooCostly(sources, resourceBudgets)).toEqual([])
    expect(costOf('import { a } from \'b\'\n\n/** Why. */\n// And how.\nconst c = 1\n\nconst d = 2\n')).toBe(2)
    expect(tooCostly([source('r.ts', 'const a = 1\nconst b = 2\n')], new Map([['r.ts', 1]]))).toEqual(['r.ts costs 2 lines, 1 are allowed'])
    expect(tooLong([source('a.ts', 'x\n'.repeat(251))], () => 250)).toEqual(['a.ts has 251 lines, 250 are allowed'])
    expect(linesOf('a\nb\n')).toBe(2)
  })

  it('have no default exports, no enums, and no classes but errors', () => {
    expect(foreignSyntax(sources)).toEqual([])
    expect(foreignIn('export default 1')).toHaveLength(1)
    expect(foreignIn('export { a as default }')).toHaveLength(1)
    expect(foreignIn('export class Store {}')).toHaveLength(1)
    expect(foreignIn('class StoreError {}')).toHaveLength(1)
    expect(foreignIn('const enum A { B }')).toHaveLength(1)
    expect(foreignIn('export class StoreError extends Error {}')).toEqual([])
  })

  it('that are generated are noticed where they are stale; that none is, `npm test` asks before the tests', () => {
    expect((JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { scripts: { test: string } }).scripts.test).toContain('node scripts/generate.ts --check && ')
    // In a place where none of the generated files are, each of them is missing.
    const missing = spawnSync(process.execPath, ['scripts/generate.ts', '--check', '--into', `${root}/test/architecture`], { cwd: root, encoding: 'utf8' })
    expect(missing.status).toBe(1)
    for (const file of ['common-models/index.ts', 'providers/index.ts', '.env.example', 'docs/errors.md']) expect(missing.stderr).toContain(`${file} is stale`)
  }, 120_000)
})

describe('tables', async () => {
  const modules = await Promise.all(globSync('src/*/tables.ts', { cwd: root }).map((file) => import(`${root}/${file}`) as Promise<Record<string, unknown>>))
  const tables = modules.flatMap((module) => Object.values(module)).filter((value) => is(value, PgTable)).map((table) => ({
    name: getTableName(table), columns: Object.values(getTableColumns(table)).map((column) => column.name), config: getTableConfig(table),
  }))

  it('with rows of an account are all emptied when it is unlinked', () => {
    expect(tables.length).toBeGreaterThan(20)
    expect(unerased(tables, accountTables)).toEqual([])
    expect(unerased([{ name: 'new_table', columns: ['linked_account_id'] }], [])).toEqual(['new_table outlives its account'])
    expect(unerased([], ['old_table'])).toEqual(['old_table is no table of an account'])
  })

  it('with rows of an account say whose they are and begin their key with it', () => {
    for (const { name, columns, config } of tables.filter((table) => table.columns.includes('linked_account_id'))) {
      expect(columns, name).toContain('organization_id')
      const key = config.primaryKeys[0]?.columns.map((column) => column.name) ?? config.columns.filter((column) => column.primary).map((column) => column.name)
      expect(key[0], `the primary key of ${name}`).toBe('linked_account_id')
    }
  })

  it('keep every common model', () => {
    const names = tables.map(({ name }) => name)
    for (const model of Object.values(models)) expect(names).toContain(model.table)
    expect(Object.keys(models)).toHaveLength(globSync('common-models/*/*.ts', { cwd: root }).filter((file) => readFileSync(resolve(root, file), 'utf8').includes('= commonModel(')).length)
  })
})

describe('pages for people', () => {
  const pages = readSources(root, '{README,CONTRIBUTING,SECURITY,CHANGELOG}.md').concat(readSources(root, 'docs/**/*.md'), readSources(root, 'providers/*/README.md'))

  it('lead only to what is there', () => {
    expect(pages.map(({ file }) => file)).toContain('README.md')
    expect(pages.flatMap((page) => deadLinks(page, (path) => existsSync(`${root}/${path}`)))).toEqual([])
    expect(deadLinks(source('docs/a.md', '[b](b.md) [c](https://example.com) [d](../README.md#x)'), (path) => path === 'README.md')).toEqual(['docs/a.md links to docs/b.md'])
  })

  it('name only scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { scripts: Record<string, string> }
    const named = pages.flatMap(({ file, text }) => [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, script]) => ({ file, script: script! })))
    expect(named.length).toBeGreaterThan(3)
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([])
  })
})

describe('the build', () => {
  it('runs exactly what the README says', () => {
    const [, demo, tests] = /```sh\n(npm ci && npx intermodal demo)\n```[\s\S]*```sh\n(npm ci && npm test)\n```/.exec(readFileSync(`${root}/README.md`, 'utf8')) ?? []
    expect(demo).toBeDefined()
    expect(readFileSync(`${root}/.ci/run`, 'utf8').split('\n')).toContain(tests)
  })
})

describe('mutants', () => {
  it('each still finds the guard that it removes, exactly once, and a test that should notice', () => {
    for (const { row, promise, file, find, replace, test } of mutants) {
      expect(readFileSync(`${root}/${file}`, 'utf8').split(find).length - 1, `${row ?? promise}: "${find}" in ${file}`).toBe(1)
      expect(replace).not.toBe(find)
      expect(dirname(test)).toMatch(/^test\//)
      if (promise !== undefined) expect(readFileSync(`${root}/${test}`, 'utf8'), test).toContain(promise)
      else expect(readFileSync(`${root}/${test}`, 'utf8'), `${test} has a test for ${row}`).toMatch(new RegExp(`['"\`](?:[TFG]\\d+ )*${row} `))
    }
  })
})
