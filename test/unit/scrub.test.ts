import { globSync, readFileSync } from 'node:fs'
import { array, assert, constantFrom, dictionary, double, emailAddress, integer, jsonValue, letrec, oneof, property, string, tuple, uuid, webUrl } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createScrubber, type Scrubber } from '../../scripts/record/scrub.ts'

const SALT = Buffer.alloc(32, 5)
const vocabulary = new Set(['New', 'In Progress', 'issues', 'id', 'user', 'SELECT', 'FROM', 'Account', 'limit'])
const address = { from: 'https://acme.tracker.test', to: 'https://redmine.example.com' }
const scrubber = (answers: unknown): Scrubber => createScrubber({ vocabulary, address, salt: SALT }, answers)
const scrubbed = (value: unknown): unknown => scrubber(value).answer(value)

const row = {
  id: 4711, uuid: '0f3c0000-1111-4222-8333-444455556666', status: 'In Progress', tracker: 'Beschwerde', first_name: 'Gertrud', last_name: 'Musterfrau', name: 'Gertrud Musterfrau', owner: { id: '4711', email: 'Gertrud.Musterfrau@acme.test' },
  subject: 'Lohn von Gertrud zu niedrig', note: 'Zeile eins\r\n\r\nZeile zwei', html: '<p>Gertrud <b>wartet</b></p>', phone: '+49 (30) 123-4567', salary: 48_151.62, small: 7, active: true, none: null, empty: '', zone: 'Europe/Berlin', currency: 'EUR', country: 'DE', locale: 'de-DE', type: 'image/png',
  created: '2026-11-21T10:42:30Z', updated: '2026-11-22T10:42:30.123+01:00', due: '2026-12-01', at: 1_795_257_750_000, url: 'https://acme.tracker.test/issues/4711.json?user=4711&limit=50', elsewhere: 'https://files.other.test/Gertrud-Lohn.pdf', file: 'Lohn Gertrud.pdf',
  by: { 'Gertrud.Musterfrau@acme.test': 3 }, total_count: 120_000, limit: 100,
}

describe('a recording', () => {
  it('keeps form, kind and relation of every value, and what is the vendor\'s', () => {
    const made = scrubbed(row) as typeof row
    expect(Object.keys(made)).toEqual(Object.keys(row))
    for (const [key, value] of Object.entries(made)) expect(typeof value, key).toBe(typeof row[key as keyof typeof row])
    for (const kept of ['status', 'small', 'active', 'none', 'empty', 'zone', 'currency', 'country', 'locale', 'type', 'total_count', 'limit'] as const) expect(made[kept]).toEqual(row[kept])
    expect(made.owner.id).toBe(String(made.id))
    expect(String(made.id)).toMatch(/^[1-9]\d{3}$/)
    expect(made.uuid).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(made.owner.email).toMatch(/^[a-z.]+@example\.com$/)
    expect(Object.keys(made.by)).toEqual([made.owner.email])
    expect(made.phone).toMatch(/^\+\d\d \(\d\d\) \d{3}-\d{4}$/)
    expect(made.note.split('\n').map((line) => line.endsWith('\r'))).toEqual([true, true, false])
    expect(made.html).toMatch(/^<p>[a-z ]+<\/p>$/)
    expect(made.file).toMatch(/^[a-z-]+\.pdf$/)
    expect(Date.parse(made.updated) - Date.parse(made.created)).toBe(Date.parse(row.updated) - Date.parse(row.created))
    expect(Date.parse(made.due) - Date.parse(row.due)).toBe(made.at - row.at)
    expect(made.url).toBe(`https://redmine.example.com/issues/${made.id}.json?user=${made.id}&limit=50`)
    expect(made.elsewhere).toMatch(/^https:\/\/[a-z]+\.example\.com\/\w+\.pdf$/)
    expect(JSON.stringify(made)).not.toMatch(/gertrud|musterfrau|lohn|acme|4711|48151|beschwerde|zeile|2026/i)
  })

  it('says the same of the same, another time something else', () => {
    expect(scrubbed(row)).toEqual(scrubbed(row))
    const other = createScrubber({ vocabulary, address }, row)
    expect(other.answer(row)).not.toEqual(scrubbed(row))
    expect(other.answer(row)).toEqual(other.answer(row))
  })

  it('repeats in requests what stood in answers, and leaves the adapter\'s own words alone', () => {
    const it_ = scrubber(row)
    const made = it_.answer(row) as typeof row
    expect(it_.request({ path: '/issues/4711.json', query: { user: row.owner.email, limit: '4711', sort: 'id' } })).toEqual({ path: `/issues/${made.id}.json`, query: { user: made.owner.email, limit: '4711', sort: 'id' } })
    expect(it_.request({ body: { q: `SELECT id FROM Account WHERE id IN ('4711', '${row.uuid}')`, inputs: [{ id: 4711 }] } })).toEqual({ body: { q: `SELECT id FROM Account WHERE id IN ('${made.id}', '${made.uuid}')`, inputs: [{ id: made.id }] } })
  })

  it('is not taken where an original is left in it', () => {
    const it_ = scrubber(row)
    expect(it_.leftIn(it_.answer(row))).toEqual([])
    expect(it_.leftIn({ a: 'sent to Gertrud.Musterfrau@acme.test today', b: ['4711'] })).toEqual(['4711', 'Gertrud', 'Musterfrau', 'Gertrud.Musterfrau@acme.test'])
    expect(it_.leftIn({ Gertrud: 1, 'x@y': 1 })).toEqual([])
  })

  it('of whatever a vendor may send holds no original, and is of the same shape', () => {
    const text = oneof(string(), string({ unit: 'grapheme' }), emailAddress(), webUrl({ withQueryParameters: true }), uuid(), constantFrom('2026-11-21', '2026-02-31', '1/2/2026', 'Ada', 'Ada Adler', 'amber', 'amber basin', '100', '12345', '-12.50', '+49 30 1', 'a.pdf', '/issues/12', '/issues', 'https://acme.tracker.test/x', '__proto__', '<b>x</b>', '---', 'null', '1e5'))
    const { value } = letrec((tie) => ({
      value: oneof({ depthSize: 'small' }, text, integer(), double({ noNaN: true, noDefaultInfinity: true }), constantFrom(true, null), array(tie('value')), dictionary(oneof(text, constantFrom('id', 'name', 'firstname', 'total_count', 'author')), tie('value'))),
    }))
    // Sorted: keys that have become numbers come first.
    const typesOf = (one: unknown): unknown => (Array.isArray(one) ? one.map(typesOf) : typeof one === 'object' && one !== null ? Object.values(one).map((inner) => JSON.stringify(typesOf(inner))).sort() : one === null ? 'null' : typeof one)
    let replaced = 0
    assert(property(tuple(value, value), (answers) => {
      const it_ = scrubber(answers)
      const made = it_.answer(answers)
      expect(it_.leftIn(made)).toEqual([])
      expect(typesOf(made)).toEqual(typesOf(answers))
      expect(it_.answer(answers)).toEqual(made)
      if (JSON.stringify(made) !== JSON.stringify(answers)) replaced += 1
    }), { numRuns: 500 })
    expect(replaced).toBeGreaterThan(300)
    assert(property(jsonValue(), (any) => { expect(scrubber(any).leftIn(scrubbed(any))).toEqual([]) }), { numRuns: 200 })
  })

  it('of every provider\'s fixtures comes out without one of their texts', () => {
    const files = globSync('providers/*/fixtures/*.json')
    expect(files.length).toBeGreaterThan(5)
    for (const file of files) {
      const { exchanges } = JSON.parse(readFileSync(file, 'utf8')) as { exchanges: { response: { body: unknown } }[] }
      const bodies = exchanges.map(({ response }) => response.body)
      const it_ = scrubber(bodies)
      expect(it_.leftIn(it_.answer(bodies)), file).toEqual([])
    }
  })
})
