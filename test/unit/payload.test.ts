import { describe, expect, it } from 'vitest'
import { payloadOf } from '#src/upstream/payload'

const bytes = Buffer.from([0x00, 0xff, 0x0d, 0x0a])

describe('what is sent', () => {
  it('is JSON, a form or nothing', () => {
    expect(payloadOf({ form: undefined, body: { a: 'ä' } })).toEqual({ body: '{"a":"ä"}', type: { 'content-type': 'application/json' } })
    expect(payloadOf({ form: { a: 'ä b', n: 1, yes: true }, body: undefined })).toEqual({ body: 'a=%C3%A4+b&n=1&yes=true', type: { 'content-type': 'application/x-www-form-urlencoded' } })
    expect(payloadOf({ form: undefined, body: undefined })).toEqual({ body: null, type: {} })
  })

  it('is a file as it is, of its own type where that is one', () => {
    expect(payloadOf({ form: undefined, body: undefined, file: { name: 'a', type: 'text/csv', bytes } })).toEqual({ body: bytes, type: { 'content-type': 'text/csv' } })
    for (const type of ['', 'text', 'text/csv\r\nx-evil: 1', 'tëxt/csv']) expect(payloadOf({ form: undefined, body: undefined, file: { name: 'a', type, bytes } }).type).toEqual({ 'content-type': 'application/octet-stream' })
  })

  it('is a form with one file, which other readers understand, whatever the file is called', async () => {
    const { body, type } = payloadOf({ form: undefined, body: undefined, file: { name: 'größe "1"\r\nx: y.csv', type: 'text/csv', part: 'file', bytes } })
    const parts = [...await new Response(new Uint8Array(body as Buffer), { headers: type }).formData()]
    expect(parts.map(([name]) => name)).toEqual(['file'])
    const file = parts[0]![1] as File
    expect([file.type, file.name, Buffer.from(await file.arrayBuffer())]).toEqual(['text/csv', 'größe "1"\r\nx: y.csv', bytes])
    expect((body as Buffer).toString('latin1')).not.toContain('\r\nx: y')
  })
})
