import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bring } from '../../scripts/specs/cache.ts'
import { published } from './published.ts'

const material = process.env['INTERMODAL_TEST_MATERIAL'] ?? '../shared'
const hashOf = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')
const all = Object.values(published).flat()

describe('the contracts that adapters are checked against', () => {
  it('are pinned, all that a test opens', () => {
    const opened = globSync('test/contract/*.test.ts', { exclude: ['**/published.test.ts'] }).flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/'(specs\/[\w./-]+\.(?:ya?ml|json))'/g)].map(([, name]) => name!)).filter((name) => !name.includes('/examples/'))
    expect(opened.length).toBeGreaterThan(0)
    expect(opened.filter((name) => !all.some(({ file }) => file === name))).toEqual([])
  })

  it.skipIf(!existsSync(join(material, 'specs')))('are, to the byte, those that were looked at', () => {
    for (const { file, sha256 } of all) expect(hashOf(readFileSync(join(material, file))), file).toBe(sha256)
  })
})

describe('fetching a contract', () => {
  const text = 'openapi: 3.0.3\n'
  let asked = 0
  const server = createServer((request, response) => { asked += 1; response.writeHead(request.url === '/gone' ? 404 : 200).end(text) })
  const folder = mkdtempSync(join(tmpdir(), 'intermodal-specs-'))
  const place = join(folder, 'specs/acme/openapi.yaml')
  const contract = (path: string, sha256 = hashOf(text)) => ({ file: 'specs/acme/openapi.yaml', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, sha256 })
  beforeAll(async () => { server.listen(0, '127.0.0.1'); await once(server, 'listening') })
  afterAll(() => { server.close(); rmSync(folder, { recursive: true }) })

  it('keeps nothing but the text that was looked at', async () => {
    expect(await bring(contract('/', hashOf('another')), folder)).toMatch(/^refused: the text/)
    expect(await bring(contract('/gone'), folder)).toBe('refused: the address answers 404')
    expect(existsSync(place)).toBe(false)
    expect(await bring(contract('/'), folder)).toBe('fetched')
    expect(readFileSync(place, 'utf8')).toBe(text)
  })

  it('asks once, and again where the file was spoilt', async () => {
    const before = asked
    expect(await bring(contract('/'), folder)).toBe('there')
    expect(asked).toBe(before)
    writeFileSync(place, 'spoilt')
    expect(await bring(contract('/'), folder)).toBe('fetched')
    expect(readFileSync(place, 'utf8')).toBe(text)
  })
})
