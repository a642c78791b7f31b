/** The files of a new provider. Whatever only its author can know is `unanswered`, so that the compiler is the list of what is left to do. */
import { fieldShape, models as allModels, type CommonModel } from '#models'
import { camel } from '../names.ts'
import { sandboxFile } from './sandbox.ts'

export interface NewProvider {
  readonly slug: string
  readonly name: string
  /** At least one; their categories are the provider's. */
  readonly models: readonly CommonModel[]
}

export interface Named {
  readonly model: CommonModel
  /** The resource, and the file below the provider's folder. */
  readonly local: string
  readonly file: string
  /** The way back to the provider's folder. */
  readonly up: './' | '../'
  readonly row: string
  readonly page: string
  /** What the box calls its list. */
  readonly plural: string
}

const kebab = (name: string): string => name.replace(/(?<=[a-z0-9])[A-Z]/g, '-$&').toLowerCase()
const pascal = (name: string): string => camel(name).replace(/^[a-z]/, (letter) => letter.toUpperCase())
const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll('\'', '\\\'')}'`
const ask = (question: string): string => `unanswered(${quoted(question)})`

/** Where a provider has more than one category, each has a folder: both may have users. */
export function namesOf(models: readonly CommonModel[]): readonly Named[] {
  const isMany = new Set(models.map(({ category }) => category)).size > 1
  return models.map((model) => {
    const prefix = isMany ? pascal(model.category) : ''
    return {
      model, local: isMany ? `${model.category}${model.name}` : camel(model.name), file: `${isMany ? `${model.category}/` : ''}${kebab(model.name)}.ts`, up: isMany ? '../' : './',
      row: `${prefix}${model.name}Row`, page: `${prefix}${model.name}Page`, plural: camel(`${isMany ? `${model.category}-` : ''}${model.path.split('/').at(-1)!}`),
    }
  })
}

/** What kind of value a field takes, for the question. */
function kindOf(model: CommonModel, name: string): string {
  const { type, words, relation, many, instant, nested } = fieldShape(model.schema.properties[name]!)
  const one = relation !== null ? `the vendor's id of a ${relation}` : words !== null ? `one of ${words.join(', ')}, or the vendor's own word: use word()` : nested !== null ? `{ ${Object.keys(nested.properties).join(', ')} }` : instant ? 'an instant: use instant(), day() or fromWall()' : type
  return many ? `a list, each ${one}` : `${one}, or null`
}

function resourceFile({ model, local, up, row, page }: Named): string {
  const fields = Object.keys(model.schema.properties).map((name) => `    ${name}: ${ask(`${kindOf(model, name)}; or notOffered`)},`)
  return `import { unanswered, type Resource } from '#kit'
import { ${model.name} } from '#models/${model.category}/${kebab(model.name)}'
import type { RecordOf } from '#models'
import type { ${row}, ${page} } from '${up}vendor.ts'

/** Say here what is odd about this list, with the address of the page that says so. */
export const ${local}: Resource<RecordOf<typeof ${model.name}>, ${row}, ${page}> = {
  model: ${model.name},
  version: 1,
  read: {
    path: ${ask('where is the list? Every field must be asked for where the vendor sends only some')},
    items: ${ask('which part of an answer holds the items? Another shape must fail, so never fall back to an empty list')},
    pages: ${ask('how does the list go on, and when does it end? single, cursor, link, url, page, offset or keyset')},
    rows: { kind: 'items' },
    incremental: ${ask('how is asked for what changed since an instant, and how late may a change show? Or full_only')},
    deletions: ${ask('how does one learn that a record is gone? missing_from_full_read, flag, change, separate_read, or never and why')},
  },
  identity: { remoteId: ${ask('the id, as text: use id()')} },
  fields: {
${fields.join('\n')}
  },
}
`
}

const vendorFile = (name: string, names: readonly Named[]): string => `/** The parts of ${name}'s answers that we read: change them to what it sends. What may be left out is optional. */
${names.map(({ row, page }) => `
export interface ${row} {
  readonly id: string
}
export interface ${page} { readonly items: readonly ${row}[] }
`).join('')}`

const indexFile = ({ slug, name }: NewProvider, names: readonly Named[]): string => `import { defineProvider, unanswered } from '#kit'
${names.map(({ local, file }) => `import { ${local} } from './${file}'`).join('\n')}

// Consent, writes and webhooks are declared here too, where the vendor has them.
export const ${camel(slug)} = defineProvider({
  slug: ${quoted(slug)},
  name: ${quoted(name)},
  categories: [${[...new Set(names.map(({ model }) => model.category))].map(quoted).join(', ')}],
  docs: ${ask('the address of the documentation of its API')},
  setup: ${ask('what must be known besides credentials: a subdomain, a time zone? {} where nothing')},
  baseUrl: ${ask('what stands before every path? A function of the setup; the customer must not be able to choose the host')},
  auth: ${ask('what can a customer copy: api_key, basic, or token_exchange? With fields, patterns and headers')},
  whoami: ${ask('which request says whose credentials these are, and does it refuse strangers?')},
  limits: ${ask('how many requests at once, and in how much time? Which header or body asks for silence?')},
  errors: ${ask('which answers mean something else than their status says? [] where none')},
  secretKeys: ${ask('which keys of its answers hold secrets? [] where none')},
  resources: [${names.map(({ local }) => local).join(', ')}],
  sandbox: async () => (await import('./sandbox.ts')).sandbox,
})
`

const readmeFile = ({ name }: NewProvider): string => `# ${name}

Which versions, what it was checked against, and when.

**What your customer does.** Step by step, in the words of the vendor's own pages.

**Rights.** What is needed for which model, and what happens without.

**What ${name} has**: the models, and what they are called there. What it has not, and why, is in \`gaps.json\`.

**Known gaps**
- What does not show until the next full read, and the like.
`

const fixtureFile = ({ model }: Named): string => `${JSON.stringify({
  origin: 'spec', system: '', model: model.id, unseen: [], exchanges: [{ request: { method: 'GET', path: '/' }, response: { status: 200, body: { items: [] } } }],
}, null, 1)}\n`

/** What is missing at the beginning: the other models of its categories, and everything that could be written. */
function gapsFile(chosen: readonly CommonModel[]): string {
  const others = (Object.values(allModels) as readonly CommonModel[]).filter(({ id, category }) => chosen.some((one) => one.category === category) && chosen.every((one) => one.id !== id))
  const gaps = [
    ...others.map(({ id }) => ({ model: id, reason: 'not_built' })),
    ...chosen.flatMap(({ id, writes }) => {
      const fields = [...new Set([...(writes.create?.fields ?? []), ...(writes.update?.fields ?? [])])].filter((field) => field !== 'remote_fields')
      return fields.length === 0 ? [] : [{ model: id, fields, on: 'write', reason: 'not_built' }]
    }),
  ]
  return gaps.length === 0 ? '[]\n' : `[\n${gaps.map((gap) => `  ${JSON.stringify(gap)}`).join(',\n')}\n]\n`
}

/** By path in the tree. */
export function scaffold(provider: NewProvider): Readonly<Record<string, string>> {
  const names = namesOf(provider.models)
  const folder = `providers/${provider.slug}`
  return {
    [`${folder}/index.ts`]: indexFile(provider, names),
    [`${folder}/vendor.ts`]: vendorFile(provider.name, names),
    ...Object.fromEntries(names.map((named) => [`${folder}/${named.file}`, resourceFile(named)])),
    [`${folder}/sandbox.ts`]: sandboxFile(names),
    ...Object.fromEntries(names.map((named) => [`${folder}/fixtures/${named.model.id}.json`, fixtureFile(named)])),
    [`${folder}/gaps.json`]: gapsFile(provider.models),
    [`${folder}/README.md`]: readmeFile(provider),
  }
}
