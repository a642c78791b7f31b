/** A Dockerfile as its stages and instructions: as much of the language as ours uses, and a refusal of the rest. */

export interface Instruction {
  readonly word: string
  /** `--from=modules` as `from`. */
  readonly flags: Readonly<Record<string, string>>
  /** What follows the flags, as it stands. */
  readonly rest: string
  /** The exec form's words; null: not the exec form. */
  readonly exec: readonly string[] | null
}

export interface Stage { readonly base: string; readonly name: string; readonly instructions: readonly Instruction[] }

function execForm(text: string): readonly string[] | null {
  if (!text.startsWith('[')) return null
  const words: unknown = JSON.parse(text)
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) throw new Error(`not an exec form: ${text}`)
  return words
}

export function parseDockerfile(text: string): Stage[] {
  const stages: { base: string; name: string; instructions: Instruction[] }[] = []
  const lines = text.replace(/\\\n/g, ' ').split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
  for (const line of lines) {
    const { word, flags, rest } = /^(?<word>[A-Z]+)\s+(?<flags>(?:--\S+\s+)*)(?<rest>.+)$/.exec(line)?.groups ?? {}
    if (word === undefined) throw new Error(`not an instruction: ${line}`)
    if (word === 'FROM') {
      const [base = '', , name] = rest!.split(/\s+/)
      stages.push({ base, name: name ?? String(stages.length), instructions: [] })
      continue
    }
    const named = Object.fromEntries([...flags!.matchAll(/--([\w-]+)=?(\S*)/g)].map(([, flag, value]) => [flag!, value!]))
    // HEALTHCHECK carries a CMD inside.
    const command = word === 'HEALTHCHECK' ? rest!.replace(/^CMD\s+/, '') : rest!
    stages.at(-1)!.instructions.push({ word, flags: named, rest: rest!, exec: execForm(command) })
  }
  return stages
}

/** What must not be in an image of ours, in words; empty: nothing. */
export function flawsOf(stages: readonly Stage[]): string[] {
  const all = stages.flatMap(({ instructions }) => instructions)
  const final = stages.at(-1)?.instructions ?? []
  const only = (word: string): Instruction | undefined => final.findLast((instruction) => instruction.word === word)
  const [uid = ''] = (only('USER')?.rest ?? '').split(':')
  const secrets = /(?:KEY|TOKEN|PASSWORD|SECRET|DATABASE_URL)\w*=/i
  return [
    ...stages.filter(({ base }) => !stages.some(({ name }) => name === base) && (!/:[\w.-]+$/.test(base) || base.endsWith(':latest'))).map(({ base }) => `${base} has no fixed tag`),
    ...all.filter(({ word }) => word === 'ADD').map(({ rest }) => `ADD ${rest}: COPY does not unpack or fetch`),
    ...all.filter(({ word, rest }) => word === 'COPY' && /^\.(?:\/)?\s/.test(rest)).map(({ rest }) => `COPY ${rest}: copies whatever lies about`),
    ...all.filter(({ word, rest }) => ['ENV', 'ARG'].includes(word) && secrets.test(rest)).map(({ rest }) => `a secret in the image: ${rest}`),
    ...all.filter(({ word, exec }) => ['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK'].includes(word) && exec === null).map(({ word, rest }) => `${word} ${rest}: starts a shell`),
    ...all.filter(({ word, rest }) => word === 'RUN' && /npm["', ]+(?:i|install)\b/.test(rest)).map(() => 'npm install: npm ci keeps to the lock'),
    ...(Number(uid) >= 10_000 ? [] : [`USER is "${only('USER')?.rest ?? ''}", not a number of 10000 or more`]),
    ...(final.findLastIndex(({ word }) => word === 'USER') > final.findLastIndex(({ word }) => ['COPY', 'RUN'].includes(word)) ? [] : ['USER comes before the last COPY or RUN: its files could be written by the process']),
    ...['HEALTHCHECK', 'STOPSIGNAL', 'ENTRYPOINT', 'CMD', 'WORKDIR', 'EXPOSE'].filter((word) => only(word) === undefined).map((word) => `no ${word}`),
  ]
}
