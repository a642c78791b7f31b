// A new vendor: files in which the compiler is the list of what is left to do. What is there already stays as it is, so models can be added later.
//   npm run new-provider -- acme crm
//   npm run new-provider -- acme crm ticketing --models Contact,Account,Ticket --name 'Acme CRM'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { categories, models, type Category, type CommonModel } from '#models'
import { scaffold } from './new-provider/scaffold.ts'

/** The model of a category that an adapter is begun with. */
const FIRST: Readonly<Record<Category, string>> = { hris: 'Employee', crm: 'Contact', ticketing: 'Ticket' }

function refuse(because: string): never {
  console.error(`${because}\n\nnpm run new-provider -- <slug> <${categories.join('|')}>... [--models Contact,Account] [--name 'Acme CRM']`)
  process.exit(1)
}

const { values, positionals: [slug = '', ...wanted] } = parseArgs({ allowPositionals: true, options: { models: { type: 'string' }, name: { type: 'string' }, into: { type: 'string', default: new URL('..', import.meta.url).pathname } } })
if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(slug)) refuse('A slug is small letters, digits and hyphens: it is the folder\'s name and what callers send as `integration`.')
if (wanted.length === 0) refuse('Say which categories it belongs to.')
for (const category of wanted) if (!(categories as readonly string[]).includes(category)) refuse(`There is no category ${category}.`)
const names = values.models?.split(',') ?? wanted.map((category) => FIRST[category as Category])
const chosen = names.flatMap((name): CommonModel[] => {
  const found = Object.values<CommonModel>(models).filter((model) => model.name === name && wanted.includes(model.category))
  return found.length === 0 ? refuse(`There is no model ${name} in ${wanted.join(', ')}.`) : found
})

let questions = 0
for (const [file, text] of Object.entries(scaffold({ slug, name: values.name ?? slug.split('-').map((part) => `${part[0]!.toUpperCase()}${part.slice(1)}`).join(' '), models: chosen }))) {
  const path = join(values.into, file)
  if (existsSync(path)) { console.log(`kept  ${file}`); continue }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  questions += text.split('unanswered(').length - 1
  console.log(`wrote ${file}`)
}
console.log(`
${questions} questions. Next:
1. npm run types     names each of them, until they are answered; vendor.ts holds the vendor's types.
2. npm run generate  registers the vendor, once it compiles.
3. npx vitest run test/conformance -t ${slug}
   holds it against every promise. Fill fixtures/ with what the vendor answers; a contract test in test/contract holds them against its contract.`)
