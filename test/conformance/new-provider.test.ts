import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { models, type CommonModel } from '#models'
import { namesOf, scaffold } from '../../scripts/new-provider/scaffold.ts'
import { costOf } from '../architecture/rules.ts'
import { answeredProvider, QUESTION } from '../support/answered-provider.ts'
import { CONFORMANCE_ONLY, copyTree, TSC, VITEST, type TreeCopy } from '../support/tree-copy.ts'

// From the command to a green run, as the author of a new adapter goes.
let copy: TreeCopy
const { open, files } = answeredProvider('acme', 'Acme')
const onlyAcme = JSON.stringify({ extends: './tsconfig.json', include: ['providers/acme'] })
const errorsOf = (output: string): string[] => [...output.matchAll(/^([\w./-]+)\((\d+),\d+\): error/gm)].map(([, file, line]) => `${file}:${line}`).toSorted()

beforeAll(() => {
  copy = copyTree()
  // A run inside this run would begin another one.
  rmSync(join(copy.folder, 'test/conformance/new-provider.test.ts'))
  copy.write({ 'tsconfig.acme.json': onlyAcme, 'vitest.config.ts': CONFORMANCE_ONLY })
}, 60_000)
afterAll(() => copy.remove())

const questionsOf = (tree: Readonly<Record<string, string>>): string[] => Object.entries(tree).flatMap(([file, text]) => text.split('\n').flatMap((line, at) => (line.match(QUESTION) === null ? [] : [`${file}:${at + 1}`]))).toSorted()

describe('a new provider', () => {
  it('is a list of questions, and the compiler names each of them and nothing else', () => {
    const { status, output } = copy.run('scripts/new-provider.ts', 'acme', 'crm')
    expect(status, output).toBe(0)
    for (const [file, text] of Object.entries(open)) expect(readFileSync(join(copy.folder, file), 'utf8'), file).toBe(text)
    const questions = questionsOf(open)
    expect(questions.length).toBeGreaterThan(25)
    const compiled = copy.run(TSC, '--project', 'tsconfig.acme.json')
    expect(compiled.status).not.toBe(0)
    expect(errorsOf(compiled.output)).toEqual(questions)
  }, 300_000)

  it('may have every model of every category, each in a folder of its own, within what a resource may cost', () => {
    const whole = scaffold({ slug: 'acme-two', name: 'Acme Two', models: Object.values<CommonModel>(models) })
    copy.write({ ...whole, 'tsconfig.acme-two.json': onlyAcme.replace('providers/acme', 'providers/acme-two') })
    expect(errorsOf(copy.run(TSC, '--project', 'tsconfig.acme-two.json').output)).toEqual(questionsOf(whole))
    for (const { model, file } of namesOf(Object.values<CommonModel>(models))) expect(costOf(whole[`providers/acme-two/${file}`]!), file).toBeLessThanOrEqual(Object.keys(model.schema.properties).length + 25)
    rmSync(join(copy.folder, 'providers/acme-two'), { recursive: true })
  }, 120_000)

  it('is loaded by nobody who did not compile it', () => {
    const { status, output } = copy.run('--eval', `await import('./providers/acme/index.ts')`)
    expect(status).not.toBe(0)
    expect(output).toContain('This adapter is not finished')
  }, 60_000)

  it('keeps what is there when it is asked for again, and adds models', () => {
    copy.write({ 'providers/acme/README.md': 'Mine.\n' })
    const { output } = copy.run('scripts/new-provider.ts', 'acme', 'crm', '--models', 'Contact,Account')
    for (const line of ['kept  providers/acme/README.md', 'kept  providers/acme/contact.ts', 'wrote providers/acme/account.ts']) expect(output.split('\n')).toContain(line)
    expect(readFileSync(join(copy.folder, 'providers/acme/README.md'), 'utf8')).toBe('Mine.\n')
    expect(existsSync(join(copy.folder, 'providers/acme/account.ts'))).toBe(true)
    for (const file of ['providers/acme/account.ts', 'providers/acme/fixtures/crm.Account.json']) rmSync(join(copy.folder, file))
  }, 60_000)

  it('compiles and keeps every promise once it is answered', () => {
    copy.write(files)
    expect(copy.run(TSC, '--project', 'tsconfig.acme.json')).toEqual({ status: 0, output: '' })
    const generated = copy.run('scripts/generate.ts')
    expect(generated.output).toContain('wrote providers/index.ts')
    expect(JSON.parse(readFileSync(join(copy.folder, 'providers/proofs.json'), 'utf8'))).toMatchObject({ acme: { models: { 'crm.Contact': { shown: ['first_name', 'last_name', 'account', 'email_addresses', 'remote_created_at', 'contact_url'] } } } })
    const { status, output } = copy.run(VITEST, 'run', 'test/conformance', '--testNamePattern', 'acme', '--update')
    const { testResults } = JSON.parse(readFileSync(join(copy.folder, 'reports/vitest.json'), 'utf8')) as { testResults: { assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[] }
    const ran = testResults.flatMap(({ assertionResults }) => assertionResults).filter((test) => test.status === 'passed' || test.status === 'failed')
    expect(ran.filter((test) => test.status === 'failed').map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]?.slice(0, 300)}`), output).toEqual([])
    expect(status, output).toBe(0)
    expect(ran.length).toBeGreaterThan(35)
  }, 300_000)

  it('is refused where it has no category, no name of its own kind, or a model that is none', () => {
    for (const [args, because] of [[['acme'], 'categories'], [['Acme!', 'crm'], 'slug'], [['acme', 'erp'], 'erp'], [['acme', 'crm', '--models', 'Ticket'], 'Ticket']] as const) {
      const { status, output } = copy.run('scripts/new-provider.ts', ...args)
      expect([status, output], args.join(' ')).toEqual([1, expect.stringContaining(because)])
    }
  }, 60_000)
})
