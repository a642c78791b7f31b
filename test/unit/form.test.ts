import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { defineProvider, type AnyProvider } from '#kit'
import { fillForm, readArguments, type FormValues } from '#src/cli/form'
import { invented } from '../support/invented-vendor.ts'

const provider: AnyProvider = defineProvider({
  ...invented,
  setup: { site: { label: 'Site', hint: 'the part before .example.com', pattern: /[a-z]+/, maxLength: 20 } },
  auth: { kind: 'basic', fields: { user: { label: 'User', pattern: /.+/, maxLength: 50, isPublic: true }, token: { label: 'Token', pattern: /[A-Z0-9=-]+/, maxLength: 50 } }, user: ({ user }) => user, password: ({ token }) => token },
})
const SECRET = 'SECRET-0815='
const piped = (text: string, given = {}): Promise<FormValues> => fillForm(provider, given, { input: Readable.from([text]), output: new PassThrough() })

/** A terminal that answers each question as it comes up, and echoes nothing by itself. */
function atTerminal(answers: Readonly<Record<string, readonly string[]>>, given = {}): { readonly values: Promise<FormValues>; readonly screen: () => string } {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined })
  const output = new PassThrough()
  const left = new Map(Object.entries(answers).map(([label, all]) => [label, [...all]]))
  let shown = ''
  output.on('data', (chunk: Buffer) => {
    shown += String(chunk)
    const label = /(\w+)(?: \(not shown\))?: $/.exec(shown)?.[1]
    if (label === undefined) return
    const answer = left.get(label)?.shift()
    setImmediate(() => { if (answer === undefined) input.end(); else input.write(`${answer}\r`) })
  })
  return { values: fillForm(provider, given, { input, output }), screen: () => shown }
}

describe('what a vendor asks for', () => {
  it('is asked one by one at a terminal, again where it cannot be right, and the secret is never on the screen', async () => {
    const { values, screen } = atTerminal({ Site: ['UPPER', 'acme'], User: ['me@example.com'], Token: ['not a token', SECRET] })
    expect(await values).toEqual({ setup: { site: 'acme' }, credentials: { user: 'me@example.com', token: SECRET } })
    expect(screen()).toContain('the part before .example.com')
    expect(screen()).toContain('Site is not of the form that is expected.')
    expect(screen()).toContain('Token (not shown): ')
    expect(screen()).toContain('me@example.com')
    expect(screen()).not.toContain('not a token')
    expect(screen()).not.toContain('SECRET')
  })

  it('is not asked where it was given, and nothing is taken from somebody who leaves', async () => {
    const { values, screen } = atTerminal({ User: ['me'], Token: [SECRET] }, { site: 'acme' })
    expect((await values).setup).toEqual({ site: 'acme' })
    expect(screen()).not.toContain('Site')
    await expect(atTerminal({ Site: ['acme'] }).values).rejects.toThrow('not all questions were answered')
  })

  it('is read from what is piped in: named lines, or the one thing that is missing as it is', async () => {
    const expected = { setup: { site: 'acme' }, credentials: { user: 'me=you', token: SECRET } }
    expect(await piped(`user=me=you\r\ntoken=${SECRET}\n\nsite=acme\n`)).toEqual(expected)
    expect(await piped(`${SECRET}\n`, { site: 'acme', user: 'me=you' })).toEqual(expected)
    expect(await piped(`user=me=you\nsite=acme\n${SECRET}`)).toEqual(expected)
    // A secret may begin like a name, and is itself all the same.
    expect((await piped(`token=${SECRET}`, { site: 'acme', user: 'me' })).credentials).toEqual({ user: 'me', token: SECRET })
  })

  it('is refused without repeating it where it is missing, wrong, too long or cannot be told', async () => {
    for (const [input, words] of [[`${SECRET}\nacme`, 'names nothing that is asked'], ['user=me', 'Site is missing'], ['site=ACME\nuser=me\ntoken=X', 'Site is not of the form'], [`site=a\nuser=m\ntoken=${SECRET.toLowerCase()}`, 'Token is not of the form'], ['x'.repeat(100_000), 'longer than any answer']] as const) {
      const error = await piped(input).then(() => null, (caught: Error) => caught)
      expect(error?.message, input.slice(0, 30)).toContain(words)
      expect(error?.message.toUpperCase()).not.toContain('SECRET')
    }
  })

  it('may come as an argument where it is no secret; a secret is refused, and not repeated', () => {
    expect(readArguments(provider, ['site=acme', 'user=a=b'])).toEqual({ site: 'acme', user: 'a=b' })
    for (const arg of [`token=${SECRET}`, SECRET, 'site', `other=${SECRET}`]) {
      let message = ''
      try { readArguments(provider, [arg]) } catch (error) { message = (error as Error).message }
      expect(message, arg).toMatch(/is a secret|--set takes/)
      expect(message).not.toContain('0815')
    }
  })
})
