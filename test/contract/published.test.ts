import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bring, bringAll } from '../../scripts/specs/cache.ts'
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

  const here = all.filter(({ file }) => existsSync(join(material, file)))
  it.skipIf(here.length === 0)(`are, to the byte, those that were looked at: ${here.length} of ${all.length} are at hand`, () => {
    for (const { file, sha256 } of here) expect(hashOf(readFileSync(join(material, file))), file).toBe(sha256)
  })
})

describe('fetching a contract', () => {
  const text = 'openapi: 3.0.3\n'
  let asked = 0
  const server = createServer((request, response) => {
    asked += 1
    switch (request.url) {
      case '/gone': response.writeHead(404).end(text); break
      case '/moved': response.writeHead(302, { location: '/' }).end(); break
      case '/sign-in': response.writeHead(302, { location: '/page' }).end(); break
      case '/page': response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'); break
      case '/circle': response.writeHead(302, { location: '/circle' }).end(); break
      // It says how long it is, and is not.
      case '/cut': response.writeHead(200, { 'content-length': text.length }); response.write(text.slice(0, 5), () => response.destroy()); break
      case '/cut-in-pieces': response.writeHead(200); response.write(text.slice(0, 5), () => response.destroy()); break
      case '/shorter': response.writeHead(200).end(text.slice(0, 5)); break
      default: response.writeHead(200).end(text)
    }
  })
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

  it.each([
    ['/page', /^refused: the text is not the one that was looked at: 20 bytes of text\/html, sha256 [0-9a-f]{64} where [0-9a-f]{64} is pinned$/],
    ['/sign-in', /^refused: the text is not the one .* at http:\/\/127\.0\.0\.1:\d+\/page, where it leads, /],
    ['/circle', /^refused: fetch failed: redirect count exceeded$/],
    ['/cut', /^refused: terminated/], ['/cut-in-pieces', /^refused: terminated/], ['/shorter', /^refused: the text is not the one that was looked at: 5 bytes of /],
  ])('keeps nothing of %s, neither whole nor in part, and says why', async (path, why) => {
    rmSync(join(folder, 'specs'), { recursive: true, force: true })
    expect(await bring(contract(path), folder)).toMatch(why)
    expect(globSync('**/*.yaml*', { cwd: folder })).toEqual([])
  })

  it('follows an address that leads elsewhere: the hash decides', async () => {
    expect(await bring(contract('/moved'), folder)).toBe('fetched')
    expect(readFileSync(place, 'utf8')).toBe(text)
  })

  it('brings what can be had of a set, names the rest, and does not ask a silent host again', async () => {
    rmSync(join(folder, 'specs'), { recursive: true, force: true })
    const named = (file: string, path: string, origin?: string) => ({ ...contract(path), file: `specs/${file}`, ...(origin !== undefined && { url: `${origin}${path}` }) })
    // A port that nobody listens on any more.
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const silent = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`
    closed.close()
    const said: string[] = []
    const set = { acme: [named('acme/a.yaml', '/'), named('acme/b.yaml', '/gone')], other: [named('other/c.yaml', '/', silent), named('other/d.yaml', '/', silent)], third: [named('third/e.yaml', '/')] }
    expect(await bringAll(set, folder, (line) => said.push(line))).toEqual({ here: 2, missing: ['acme', 'other', 'other'] })
    expect(said).toEqual([
      'acme         specs/acme/a.yaml: fetched', 'acme         specs/acme/b.yaml: refused: the address answers 404',
      expect.stringMatching(/^other        specs\/other\/c\.yaml: unreachable: fetch failed: .*ECONNREFUSED/), expect.stringMatching(/d\.yaml: unreachable: 127\.0\.0\.1:\d+ was not asked again$/),
      'third        specs/third/e.yaml: fetched',
    ])
    expect(globSync('specs/**/*.yaml*', { cwd: folder }).sort()).toEqual(['specs/acme/a.yaml', 'specs/third/e.yaml'])
    // The second time only what is missing is asked for.
    const before = asked
    await bringAll(set, folder, () => undefined)
    expect(asked - before).toBe(1)
  })

  it('asks once, and again where the file was spoilt', async () => {
    await bring(contract('/'), folder)
    const before = asked
    expect(await bring(contract('/'), folder)).toBe('there')
    expect(asked).toBe(before)
    writeFileSync(place, 'spoilt')
    expect(await bring(contract('/'), folder)).toBe('fetched')
    expect(readFileSync(place, 'utf8')).toBe(text)
  })
})
