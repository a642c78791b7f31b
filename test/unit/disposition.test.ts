import { describe, expect, test } from 'vitest'
import { contentDisposition, mediaType, safeFileName } from '#src/files/disposition'

describe('the name under which a file is saved', () => {
  test.each([
    ['report.pdf', 'report.pdf'],
    ['Bericht für März.pdf', 'Bericht für März.pdf'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['..\\..\\boot.ini', '_.._boot.ini'],
    ['C:\\Windows\\win.ini', 'C__Windows_win.ini'],
    ['/absolute', '_absolute'],
    ['.htaccess', 'htaccess'],
    ['a\r\nSet-Cookie: x=1', 'aSet-Cookie_ x=1'],
    ['nul\u0000.txt', '_nul.txt'],
    ['CON', '_CON'],
    ['com1.txt', '_com1.txt'],
    ['console.txt', 'console.txt'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['a"b;filename=c.exe', 'a_b;filename=c.exe'],
    ['trailing. . ', 'trailing'],
    ['\ud800broken', '\ufffdbroken'],
    ['...', 'file'], ['', 'file'], [null, 'file'],
  ])('T76 %j becomes %j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe)
  })

  test('is bounded, keeps its ending, and breaks no letter in two', () => {
    const long = safeFileName(`${'😀'.repeat(400)}.tar.gz`)
    expect(Array.from(long)).toHaveLength(150)
    expect(long.endsWith('😀.gz')).toBe(true)
    expect(long.isWellFormed()).toBe(true)
    expect(safeFileName(`a.${'x'.repeat(400)}`)).toHaveLength(150)
  })
})

describe('the header that says it', () => {
  test.each([
    ['report.pdf', 'attachment; filename="report.pdf"'],
    ['Bericht für März.pdf', `attachment; filename="Bericht f_r M_rz.pdf"; filename*=UTF-8''Bericht%20f%C3%BCr%20M%C3%A4rz.pdf`],
    ['100%.txt', `attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt`],
    [`it's (1)*.txt`, `attachment; filename="it's (1)_.txt"`],
    [`né's (1).txt`, `attachment; filename="n_'s (1).txt"; filename*=UTF-8''n%C3%A9%27s%20%281%29.txt`],
    [null, 'attachment; filename="file"'],
  ])('of %j', (name, header) => {
    expect(contentDisposition(name)).toBe(header)
  })

  test('T76 is one line of printable ASCII, whatever the name, with one plain name between quotes', () => {
    for (let code = 0; code < 0x3000; code++) {
      const header = contentDisposition(`a${String.fromCharCode(code)}b"; filename="evil.exe`)
      expect(header, String(code)).toMatch(/^attachment; filename="[ !#-[\]-~]*"(?:; filename\*=UTF-8''[\w%.!~-]+)?$/)
    }
  })
})

describe('the type of a file', () => {
  test.each([
    [['text/plain; charset=utf-8', null], 'text/plain; charset=utf-8'],
    [['Application/PDF', 'text/plain'], 'Application/PDF'],
    [['text/html\r\nx: y', 'image/png'], 'image/png'],
    [['nonsense', null], 'application/octet-stream'],
    [[null, 'application/vnd.oasis.opendocument.text'], 'application/vnd.oasis.opendocument.text'],
    [[`text/${'x'.repeat(300)}`, null], 'application/octet-stream'],
    [['text/plain; boundary="a b"', null], 'text/plain; boundary="a b"'],
  ])('T76 %j is served as %s', (told, served) => {
    expect(mediaType(...told)).toBe(served)
  })
})
