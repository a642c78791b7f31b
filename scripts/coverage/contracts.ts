/** Which operations a vendor's published contract has, whatever stands before its paths. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Published } from '../../test/contract/published.ts'

export type Knows = (method: string, path: string) => boolean

/** An adapter's path may have less in front than the contract's (`/api/v1`), or more (`/v1`). */
const MOST_IN_FRONT = 2
const matches = (template: readonly string[], path: readonly string[]): boolean => {
  const [inFront, behind] = template.length >= path.length ? [template.slice(0, template.length - path.length), template.slice(-path.length)] : [path.slice(0, path.length - template.length), template]
  const asked = path.slice(-behind.length)
  return inFront.length <= MOST_IN_FRONT && !inFront.some((part) => part.includes('{')) && behind.some((part) => !part.startsWith('{'))
    && behind.every((part, at) => (part.includes('{') ? new RegExp(`^${part.split(/\{[^}]+\}/).map((text) => RegExp.escape(text)).join('.+')}$`).test(asked[at]!) : part === asked[at]))
}
const partsOf = (path: string): string[] => path.split('?')[0]!.split('/').filter((part) => part !== '')

/** Null where the contracts are not at hand. */
export function openOperations(material: string, contracts: readonly Published[]): Knows | null {
  const files = contracts.map(({ file }) => join(material, file))
  if (files.length === 0 || !files.every(existsSync)) return null
  const operations = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
    const { paths } = (file.endsWith('.json') ? JSON.parse(text) : parse(text)) as { paths?: Readonly<Record<string, object>> }
    return Object.entries(paths ?? {}).flatMap(([path, item]) => Object.keys(item).map((method) => ({ method: method.toUpperCase(), parts: partsOf(path) })))
  })
  return (method, path) => operations.some((operation) => operation.method === method && matches(operation.parts, partsOf(path)))
}
