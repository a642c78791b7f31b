/** What a vendor asks for, from the person at the terminal or from whatever is piped in. Secrets are not shown, and are never arguments. */
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { Writable } from 'node:stream'
import type { AnyProvider, FormField, FormFields } from '#kit'
import { complaintAbout } from '../accounts/link.ts'
import { Fault } from '../errors.ts'

export interface FormValues { readonly setup: Record<string, string>; readonly credentials: Record<string, string> }
export interface Terminal { readonly input: Readable & { readonly isTTY?: boolean }; readonly output: Writable }

interface Asked { readonly name: string; readonly field: FormField; readonly isSecret: boolean }

const LONGEST_INPUT = 64 * 1024

const invalid = (detail: string): Fault => new Fault('request.invalid', { detail })

/** What the vendor wants to know, in the order in which it is asked. */
const askedBy = ({ setup, auth }: AnyProvider): Asked[] => [
  ...Object.entries(setup as FormFields).map(([name, field]) => ({ name, field, isSecret: false })),
  ...Object.entries(auth.fields as FormFields).map(([name, field]) => ({ name, field, isSecret: field.isPublic !== true })),
]

/** `name=value` arguments, for what is no secret. A refused one is not repeated: it may be the secret itself. */
export function readArguments(provider: AnyProvider, args: readonly string[]): Record<string, string> {
  const asked = askedBy(provider)
  return Object.fromEntries(args.map((arg) => {
    const name = arg.split('=', 1)[0]!
    const found = asked.find((one) => one.name === name)
    if (found?.isSecret === true) throw invalid(`"${name}" is a secret: as an argument it would be seen by everybody on this machine, and kept by the shell. Leave it out, and it is asked for; or pipe it in.`)
    if (found === undefined || !arg.includes('=')) throw invalid(`--set takes NAME=VALUE, where NAME is one of: ${asked.filter(({ isSecret }) => !isSecret).map((one) => one.name).join(', ') || '(this vendor asks for secrets only)'}.`)
    return [name, arg.slice(name.length + 1)]
  }))
}

/** Everything that the vendor asks for. What is not given is asked at a terminal, and read from the input where there is none. */
export async function fillForm(provider: AnyProvider, given: Readonly<Record<string, string>>, terminal: Terminal): Promise<FormValues> {
  const asked = askedBy(provider)
  for (const { name, field } of asked) if (given[name] !== undefined) accept(field, given[name])
  const missing = asked.filter(({ name }) => given[name] === undefined)
  const answers = missing.length === 0 ? {} : await (terminal.input.isTTY === true ? askAt(terminal, missing) : readPiped(terminal.input, missing))
  const values: Readonly<Record<string, string>> = { ...given, ...answers }
  const pick = (fields: FormFields): Record<string, string> => Object.fromEntries(Object.keys(fields).map((name) => [name, values[name]!]))
  return { setup: pick(provider.setup as FormFields), credentials: pick(provider.auth.fields as FormFields) }
}

function accept(field: FormField, value: string): string {
  const complaint = complaintAbout(field, value.trim())
  if (complaint !== null) throw invalid(complaint)
  return value.trim()
}

/** One question after the other; a secret's letters are swallowed. */
async function askAt({ input, output }: Terminal, missing: readonly Asked[]): Promise<Record<string, string>> {
  let silent = false
  const screen = new Writable({ write(chunk: Buffer, _, done) { if (!silent) output.write(chunk); done() } })
  const lines = createInterface({ input, output: screen, terminal: true, historySize: 0 })
  const given = new Promise<never>((_, refuse) => { lines.once('close', () => { refuse(invalid('Nothing was linked: not all questions were answered.')) }) })
  given.catch(() => undefined)
  const ask = async (text: string, isSecret: boolean): Promise<string> => {
    output.write(text)
    silent = isSecret
    const line = await Promise.race([given, new Promise<string>((resolve) => { lines.question('', resolve) })])
    if (isSecret) output.write('\n')
    silent = false
    return line.trim()
  }
  const answers: Record<string, string> = {}
  try {
    for (const { name, field, isSecret } of missing) {
      if (field.hint !== undefined) output.write(`  ${field.hint}\n`)
      for (let complaint: string | null = ''; complaint !== null;) {
        answers[name] = await ask(`${field.label}${isSecret ? ' (not shown)' : ''}: `, isSecret)
        complaint = complaintAbout(field, answers[name])
        if (complaint !== null) output.write(`${complaint}\n`)
      }
    }
    return answers
  } finally {
    lines.close()
  }
}

/** Lines of `name=value`. A line that names nothing is the value of the one thing that is missing, as a password manager prints it. */
async function readPiped(input: Readable, missing: readonly Asked[]): Promise<Record<string, string>> {
  let text = ''
  for await (const chunk of input) {
    text += String(chunk)
    if (text.length > LONGEST_INPUT) throw invalid('The input is longer than any answer could be.')
  }
  const answers = new Map<string, string>()
  const bare: string[] = []
  for (const line of text.split(/\r?\n/).filter((one) => one.trim() !== '')) {
    const named = missing.find(({ name }) => line.startsWith(`${name}=`))
    if (named === undefined) bare.push(line)
    else answers.set(named.name, line.slice(named.name.length + 1))
  }
  const open = missing.filter(({ name }) => !answers.has(name))
  if (bare.length === 1 && open.length === 1) answers.set(open[0]!.name, bare[0]!)
  else if (bare.length > 0) throw invalid(`A line of the input names nothing that is asked. Write NAME=VALUE, for each of: ${missing.map(({ name }) => name).join(', ')}.`)
  return Object.fromEntries(missing.map(({ name, field }) => [name, accept(field, answers.get(name) ?? '')]))
}
