import { describe, expect, it } from 'vitest'
import { graphql, jsonRpc, search, soql, soqlValue, type AnyResource, type AnyWalk, type Later, type Query, type Walk } from '#kit'
import { Fault } from '#src/errors'
import { createMemory } from '#src/sync/lookups'
import { readPage } from '#src/sync/pages'
import { forbidden, readAll, resourceOf, sqlVendor, vendorOf } from '../support/walks.ts'

interface Row { readonly id: number | string; readonly name?: string; readonly changed?: string }
interface Page { readonly items: readonly Row[]; readonly next?: string | null }
const range = (from: number, to: number): Row[] => Array.from({ length: to - from + 1 }, (_, n) => ({ id: from + n, name: `n${from + n}` }))
const list: Walk<Row, Page> = { path: '/list', items: (page) => page.items, pages: { kind: 'single' }, rows: { kind: 'items' } }
const idsOf = (rows: readonly unknown[]) => rows.map((row) => (row as Row).id)
const codeOf = (error: unknown) => (error instanceof Fault ? error.code : error)

describe('how a list goes on', () => {
  it('follows an address in the body with GET, whatever the first question was', async () => {
    const walk: AnyWalk = { ...list, pages: { kind: 'url', next: (page: Page) => page.next }, request: (variables) => search('/search', variables) }
    const vendor = vendorOf(({ url }) => (url === undefined ? { items: range(1, 2), next: '/more/2' } : { items: range(3, 4), next: null }))
    expect(idsOf((await readAll(resourceOf(walk), vendor)).rows)).toEqual([1, 2, 3, 4])
    expect(vendor.asked).toEqual([{ method: 'POST', path: '/search', body: {}, isRead: true }, { method: 'GET', path: '/list', url: '/more/2', isRead: true }])
  })

  it('walks a capped search by keyset: no question ever skips a row, and none is lost when rows change on the way', async () => {
    const rows = range(1, 57)
    const walk: Walk<Row, Page> = {
      ...list, query: { limit: 10 }, pages: { kind: 'keyset', after: (last) => ({ above: last.id }), done: (page) => page.items.length < 10 },
      request: ({ above = 0, limit }) => search('/search', { filters: [{ property: 'id', operator: 'GT', value: above }], limit }),
    }
    const vendor = vendorOf(({ body }) => {
      const { filters, limit } = body as { filters: { value: number }[]; limit: number }
      if (filters[0]!.value === 20) rows.shift()
      return { items: rows.filter(({ id }) => Number(id) > filters[0]!.value).slice(0, limit) }
    })
    expect(idsOf((await readAll(resourceOf(walk), vendor)).rows)).toEqual(idsOf(range(1, 57)))
  })

  it('walks a query language by the vendor\'s own addresses, and gets only the columns that it selects', async () => {
    const columns = ['id', 'name', 'owner.name'] as const
    const rows = range(1, 25).map((row) => ({ ...row, owner: { name: `o${row.id}`, secret: 1 }, changed: `2026-01-${String(row.id).padStart(2, '0')}T00:00:00Z` }))
    const walk: AnyWalk = {
      path: '/query', items: (page: { records: Row[] }) => page.records, pages: { kind: 'url', next: (page: { nextRecordsUrl?: string }) => page.nextRecordsUrl }, rows: { kind: 'items' },
      request: ({ since }) => ({ path: '/query', query: { q: soql({ select: columns, from: 'Tag', where: [since !== undefined && `changed >= ${String(since)}`, `name != ${soqlValue('n2\' or name != \'')}`], orderBy: ['changed'] }) } }),
    }
    const resource = resourceOf(walk, { incremental: { since: (at) => ({ since: at.toISOString() }), changedAt: 'run_began', overlapSeconds: 60 } })
    const all = await readAll(resource, sqlVendor(rows, 10))
    expect(all.rows).toHaveLength(25)
    expect(all.rows[3]).toEqual({ id: 4, name: 'n4', owner: { name: 'o4' } })
    expect(idsOf((await readAll(resource, sqlVendor(rows, 10), { since: new Date('2026-01-20T00:00:00Z') })).rows)).toEqual([20, 21, 22, 23, 24, 25])
  })

  it('asks GraphQL and remote procedures with the place among their variables', async () => {
    const relay: AnyWalk = {
      path: '/graphql', pages: { kind: 'cursor', param: 'after', next: (page: { data: { pageInfo: { hasNextPage: boolean; endCursor: string } } }) => (page.data.pageInfo.hasNextPage ? page.data.pageInfo.endCursor : null) },
      items: (page: { data: { nodes: Row[] } }) => page.data.nodes, rows: { kind: 'items' }, query: { first: 2 }, request: (variables) => graphql('/graphql', 'query Tags { }', variables),
    }
    const graph = vendorOf(({ body }) => {
      const { after = '0', first } = (body as { variables: { after?: string; first: number } }).variables
      const from = Number(after)
      return { data: { nodes: range(from + 1, Math.min(from + first, 5)), pageInfo: { hasNextPage: from + first < 5, endCursor: String(from + first) } } }
    })
    expect(idsOf((await readAll(resourceOf(relay), graph)).rows)).toEqual([1, 2, 3, 4, 5])
    const rpc: AnyWalk = {
      path: '/rpc', items: (page: { result: Row[] }) => page.result, rows: { kind: 'items' }, pages: { kind: 'keyset', after: (last: Row) => ({ above: last.id }), done: (_page: unknown, items: readonly unknown[]) => items.length < 2 },
      request: ({ above = 0 }) => jsonRpc('/rpc', 'tag.search_read', [[['id', '>', above]], 0, 2]),
    }
    const vendor = vendorOf(({ body }) => ({ result: range(1, 5).filter(({ id }) => Number(id) > ((body as { params: [[[string, string, number]]] }).params[0][0][2])).slice(0, 2) }))
    expect(idsOf((await readAll(resourceOf(rpc), vendor)).rows)).toEqual([1, 2, 3, 4, 5])
  })
})

describe('what rows take besides', () => {
  it('reads the whole list of each item, page by page, and nothing of one that has gone', async () => {
    const walk: AnyWalk = {
      ...list, rows: {
        kind: 'each', ask: (item: Row) => (item.id === 3 ? null : { path: `/list/${item.id}/notes`, query: { size: 2 } }), rows: (page: Page, item: Row) => page.items.map((note) => ({ ...note, parent: item.id })), without: (item: Row) => [{ id: `none-${item.id}` }],
        more: { items: (page: Page) => page.items, pages: { kind: 'offset', param: 'start', size: 2, done: (page: Page) => page.items.length < 2 } },
      },
    }
    const vendor = vendorOf(({ path, query }) => {
      if (path === '/list') return { items: range(1, 4) }
      if (path === '/list/2/notes') return undefined
      if (path === '/list/4/notes') return forbidden()
      return { items: range(10, 14).slice(Number(query!['start']), Number(query!['start']) + 2) }
    })
    expect((await readAll(resourceOf(walk), vendor)).rows.map((row) => (row as Row).id)).toEqual([10, 11, 12, 13, 14, 'none-3', 'none-4'])
    expect(vendor.asked.filter(({ path }) => path === '/list/1/notes').map(({ query }) => query)).toEqual([{ size: 2, start: 0 }, { size: 2, start: 2 }, { size: 2, start: 4 }])
  })

  it('is not caught in an item\'s own list that goes in circles', async () => {
    const walk: AnyWalk = { ...list, rows: { kind: 'each', ask: () => ({ path: '/inner' }), rows: () => [], more: { items: (page: Page) => page.items, pages: { kind: 'cursor', param: 'c', next: () => 'same' } } } }
    const vendor = vendorOf(({ path }) => ({ items: range(1, path === '/list' ? 1 : 2) }))
    expect(await readAll(resourceOf(walk), vendor).catch(codeOf)).toBe('upstream.loop')
    expect(vendor.asked.length).toBeLessThan(5)
  })

  it('asks once for so many items at once, and puts the answers together in order', async () => {
    const walk: AnyWalk = {
      ...list, rows: {
        kind: 'batch', size: 3, asks: (items: readonly Row[]) => ['owners', 'teams'].map((kind) => search(`/batch/${kind}`, { ids: items.map(({ id }) => id) })),
        rows: ([owners, teams]: readonly { of: Record<string, string> }[], items: readonly Row[]) => items.map((item) => ({ ...item, owner: owners!.of[item.id], team: teams!.of[item.id] })),
      },
    }
    const vendor = vendorOf(({ path, body }) => (path === '/list' ? { items: range(1, 7) } : { of: Object.fromEntries((body as { ids: number[] }).ids.map((id) => [id, `${path.at(-2)}${id}`])) }))
    const { rows, pages } = await readAll(resourceOf(walk), vendor)
    expect(rows[6]).toEqual({ id: 7, name: 'n7', owner: 'r7', team: 'm7' })
    expect(vendor.asked.filter(({ method }) => method === 'POST').map(({ body }) => (body as { ids: number[] }).ids.length)).toEqual([3, 3, 3, 3, 1, 1])
    expect(pages[0]!.logIds).toHaveLength(7)
  })

  it('asks once more for a batch when its answers are there, and goes on without what is not there', async () => {
    const walk: AnyWalk = {
      ...list, rows: {
        kind: 'batch', size: 2, asks: (items: readonly Row[]) => [search('/batch/owners', { ids: items.map(({ id }) => id) })],
        afterwards: ([owners]: readonly { of: Record<string, string> }[]) => [...new Set(Object.values(owners!.of))].map((owner) => ({ path: `/owners/${owner}` })),
        rows: ([owners]: readonly { of: Record<string, string> }[], items: readonly Row[], _context, later: readonly Later<{ name: string }>[]) => items.map((item) => ({ ...item, owner: later.find(({ ask }) => ask.path === `/owners/${owners!.of[item.id]!}`)?.answer?.name ?? null })),
      },
    }
    const answers = (missing: 'upstream.not_found' | 'upstream.forbidden') => vendorOf(({ path, body }) => {
      if (path === '/owners/b') throw new Fault(missing)
      return path === '/list' ? { items: range(1, 3) } : path.startsWith('/owners/') ? { name: `n-${path.at(-1)!}` } : { of: Object.fromEntries((body as { ids: number[] }).ids.map((id) => [id, id === 2 ? 'b' : 'a'])) }
    })
    const vendor = answers('upstream.not_found')
    const { rows, pages } = await readAll(resourceOf(walk), vendor)
    expect(rows.map((row) => (row as { owner: unknown }).owner)).toEqual(['n-a', null, 'n-a'])
    expect(vendor.asked.map(({ path }) => path).toSorted()).toEqual(['/batch/owners', '/batch/owners', '/list', '/owners/a', '/owners/a', '/owners/b'])
    expect(pages[0]!.logIds).toHaveLength(5)
    expect(await readAll(resourceOf(walk), answers('upstream.forbidden')).catch(codeOf)).toBe('upstream.forbidden')
  })

  it('looks names up once for a run, over all their pages, and takes a withheld list for empty where that is declared', async () => {
    const walk: Walk<Row, Page, Row, unknown, { words: string; secrets: string }> = {
      ...list, pages: { kind: 'cursor', param: 'at', next: (page) => page.next },
      lookups: {
        words: { ask: () => ({ path: '/words' }), entries: (body) => (body as { of: [string, string][] }).of, next: (body) => ((body as { more?: number }).more === undefined ? null : { page: (body as { more: number }).more }), withheld: 'fails' },
        secrets: { ask: () => ({ path: '/secrets' }), entries: () => [], withheld: 'is_empty' },
      },
      rows: { kind: 'within', rows: (row, { lookups }) => [{ ...row, name: `${lookups.words.get(String(row.id)) ?? '-'}${lookups.secrets.size}` }] },
    }
    const vendor = vendorOf(({ path, query = {} }) => {
      if (path === '/secrets') return forbidden()
      if (path === '/words') return query['page'] === undefined ? { of: [['1', 'one']], more: 2 } : { of: [['2', 'two']] }
      return query['at'] === undefined ? { items: range(1, 2), next: 'b' } : { items: range(3, 3) }
    })
    expect((await readAll(resourceOf(walk as AnyWalk), vendor)).rows.map((row) => (row as Row).name)).toEqual(['one0', 'two0', '-0'])
    expect(vendor.asked.map(({ path }) => path).filter((path) => path !== '/list').toSorted()).toEqual(['/secrets', '/words', '/words'])
    const strict = { ...walk, lookups: { ...walk.lookups!, secrets: { ...walk.lookups!.secrets, withheld: 'fails' as const } } }
    expect(await readAll(resourceOf(strict as AnyWalk), vendor).catch(codeOf)).toBe('upstream.forbidden')
  })

  it('tells of the vendor\'s own fields with the first page, from a look-up or from a part of one', async () => {
    const field = { name: 'Size', description: null, type: 'number', isRequired: null, choices: [] } as const
    const lookups = { all: { ask: () => ({ path: '/fields' }), entries: () => [['id', { ...field, name: 'Id' }], ['size', field]] as const, withheld: 'fails' as const } }
    const vendor = vendorOf(({ path, query = {} }) => (path === '/fields' ? {} : query['at'] === undefined ? { items: range(1, 2), next: 'b' } : { items: range(3, 3) }))
    const resource = resourceOf({ ...list, lookups, pages: { kind: 'cursor', param: 'at', next: (page: Page) => page.next } })
    const told = async (fieldClasses: AnyResource['fieldClasses']) => (await readAll({ ...resource, ...(fieldClasses !== undefined && { fieldClasses }) }, vendor)).pages.map(({ classes }) => [...classes.keys()])
    expect([await told('all'), await told(({ all }) => new Map([...all].filter(([key]) => key !== 'id'))), await told(undefined)]).toEqual([[['id', 'size'], []], [['size'], []], [[], []]])
  })

  it('asks for each entry of a look-up where the list only names them, and leaves out what is gone in between', async () => {
    const roles = { ask: () => ({ path: '/roles' }), entries: (body: unknown) => (body as string[]).map((key) => [key, key] as const), each: { ask: (key: string) => ({ path: `/roles/${key}` }), entry: (body: unknown) => (body as { may: string }).may }, withheld: 'is_empty' as const }
    const walk: AnyWalk = { ...list, pages: { kind: 'cursor', param: 'at', next: (page: Page) => page.next }, lookups: { roles }, rows: { kind: 'within', rows: (row: Row, { lookups }: { lookups: { roles: ReadonlyMap<string, string> } }) => [{ ...row, name: [...lookups.roles].join() }] } }
    const vendor = vendorOf(({ path, query = {} }) => (path === '/roles' ? ['a', 'b', 'c'] : path === '/roles/b' ? forbidden() : path.startsWith('/roles/') ? { may: `do ${path.at(-1)!}` } : query['at'] === undefined ? { items: range(1, 1), next: 'b' } : { items: range(2, 2) }))
    const { rows, pages } = await readAll(resourceOf(walk), vendor)
    expect([rows.map((row) => (row as Row).name), pages.map(({ logIds }) => logIds.length)]).toEqual([['a,do a,c,do c', 'a,do a,c,do c'], [5, 1]])
    const odd = vendorOf(({ path }) => (path === '/roles' ? ['a'] : path === '/list' ? { items: [] } : null))
    expect(await readAll(resourceOf(walk), odd).catch((error: unknown) => (error as Fault).message)).toContain('/roles/a')
    expect(await readAll(resourceOf({ ...walk, lookups: { roles: { ...roles, withheld: 'fails' } } }), vendor).catch(codeOf)).toBe('upstream.forbidden')
  })

  it('names the look-up whose answer is of another shape', async () => {
    const walk: AnyWalk = { ...list, lookups: { words: { ask: () => ({ path: '/words' }), entries: (body) => (body as { of: [string, string][] }).of.map((entry) => entry), withheld: 'is_empty' } } }
    expect(await readAll(resourceOf(walk), vendorOf(() => ({ items: [] }))).catch((error: unknown) => (error as Fault).message)).toContain('/words')
  })
})

describe('the parts of a list', () => {
  const projects = { ask: () => ({ path: '/projects' }), entries: (body: unknown) => (body as string[]).map((key) => [key, key] as const), withheld: 'fails' as const }
  const walk: AnyWalk = {
    ...list, lookups: { projects }, segments: ({ lookups }) => [...lookups['projects']!.keys()].toSorted().map((project) => ({ project })), request: ({ project, at }) => ({ path: `/projects/${String(project)}/tags`, query: { at } }),
    pages: { kind: 'cursor', param: 'at', next: (page: Page) => page.next },
  }
  it('come from a look-up, and are walked one after the other', async () => {
    const vendor = vendorOf(({ path, query }) => (path === '/projects' ? ['b', 'a'] : path.includes('/a/') && query!['at'] === undefined ? { items: range(1, 2), next: 'x' } : { items: path.includes('/a/') ? range(3, 3) : range(4, 5) }))
    expect(idsOf((await readAll(resourceOf(walk), vendor)).rows)).toEqual([1, 2, 3, 4, 5])
    expect((await readAll(resourceOf(walk), vendorOf(() => []))).rows).toEqual([])
  })

  it('are known to what is made of their items, which need not say which part they are from', async () => {
    const gone = (item: Row, { segment }: { segment: Query }): string | null => (item.name === 'gone' ? `${String(segment['project'])}-${item.id}` : null)
    const resource = resourceOf({ ...walk, gone, rows: { kind: 'within', rows: (item: Row, { segment }) => [{ id: `${String(segment['project'])}-${item.id}` }] } } as AnyWalk, { deletions: { seenAs: 'change', absence: 'counts' } })
    const vendor = vendorOf(({ path }) => (path === '/projects' ? ['a', 'b'] : { items: [{ id: 1 }, { id: 2, name: path.includes('/b/') ? 'gone' : 'there' }] }))
    const { rows, gone: named } = await readAll(resource, vendor)
    expect([idsOf(rows), named]).toEqual([['a-1', 'a-2', 'b-1'], ['b-2']])
  })

  it('make a place worthless when they changed since it was written down: otherwise a part would be skipped', async () => {
    let known = ['a', 'b']
    const vendor = vendorOf(({ path }) => (path === '/projects' ? known : { items: range(1, 1) }))
    const resource = resourceOf(walk)
    const first = await readPage(resource, vendor.send, { since: null, place: { segment: 0, query: {}, seen: 0 }, memory: createMemory() })
    known = ['b', 'c']
    expect(await readPage(resource, vendor.send, { since: null, place: first.next!, memory: createMemory() }).catch(codeOf)).toBe('upstream.cursor_gone')
  })
})

describe('what changed and what is gone', () => {
  const changes: AnyWalk = { path: '/changed', items: (page: { of: { id: number; what: string }[] }) => page.of, gone: (item: { id: number; what: string }) => (item.what === 'deleted' ? String(item.id) : null), pages: { kind: 'single' }, rows: { kind: 'each', ask: (item: Row) => ({ path: `/list/${item.id}` }), rows: (row: Row) => [row] } }
  it('is read where the vendor says changes are, and names what was deleted without a row', async () => {
    const resource = resourceOf(list as AnyWalk, { incremental: { since: (at) => ({ since: at.toISOString() }), changedAt: 'run_began', overlapSeconds: 60, walk: changes }, deletions: { seenAs: 'change', absence: 'counts' } })
    const vendor = vendorOf(({ path }) => (path === '/changed' ? { of: [{ id: 1, what: 'updated' }, { id: 2, what: 'deleted' }] } : path === '/list' ? { items: range(1, 2) } : { id: Number(path.split('/').at(-1)) }))
    const { rows, gone } = await readAll(resource, vendor, { since: new Date('2026-01-01T00:00:00Z') })
    expect([idsOf(rows), gone]).toEqual([[1], ['2']])
    expect(vendor.asked.map(({ path, query }) => [path, query?.['since']])).toEqual([['/changed', '2026-01-01T00:00:00.000Z'], ['/list/1', undefined]])
    expect(idsOf((await readAll(resource, vendor)).rows)).toEqual([1, 2])
  })

  it('is read behind the list where the vendor keeps a list of the deleted, and does not count as seen', async () => {
    const deleted: AnyWalk<never> = { path: '/deleted', items: (page: Page) => page.items, gone: (item: Row) => String(item.id), pages: { kind: 'page', param: 'page', first: 1, done: (_page: Page, items: readonly unknown[]) => items.length < 2 }, rows: { kind: 'items' } }
    const resource = resourceOf(list as AnyWalk, { deletions: { seenAs: 'separate_read', walk: deleted, since: (at) => ({ after: at.toISOString() }), absence: 'means_nothing' } })
    const vendor = vendorOf(({ path, query }) => ({ items: path === '/list' ? range(1, 2) : query!['page'] === 1 ? range(8, 9) : [] }))
    const { rows, gone, pages } = await readAll(resource, vendor, { deletions: true })
    expect([idsOf(rows), gone, pages.map(({ items }) => items)]).toEqual([[1, 2], ['8', '9'], [2, 0, 0]])
    expect((await readAll(resource, vendor)).gone).toEqual([])
    vendor.asked.length = 0
    await readAll(resource, vendor, { deletions: true, since: new Date('2026-01-01T00:00:00Z') })
    expect(vendor.asked.map(({ path, query }) => [path, query])).toEqual([['/list', {}], ['/deleted', { after: '2026-01-01T00:00:00.000Z', page: 1 }], ['/deleted', { after: '2026-01-01T00:00:00.000Z', page: 2 }]])
  })
})
