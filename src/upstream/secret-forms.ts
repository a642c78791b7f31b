/** The shapes in which a secret travels. */

/** Shorter values are no secrets by themselves, and would blank half of the log. */
const SHORTEST = 6

/** What base64 shows of bytes that lie anywhere inside a longer value: the three alignments, without the letters that their neighbours share. */
function inBase64(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64').replaceAll('=', '')
    const from = Math.ceil((offset * 8) / 6)
    return text.slice(from, Math.floor(((offset + bytes.length) * 8) / 6))
  })
}

const asForm = (secret: string): string => new URLSearchParams({ a: secret }).toString().slice(2)
const asJson = (secret: string): string => JSON.stringify(secret).slice(1, -1)
const asHtml = (secret: string): string => secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll('\'', '&#39;')
const escapedMore = (secret: string): string => asJson(secret).replaceAll('/', '\\/').replaceAll(/[<>&']/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
const lowerPercent = (text: string): string => text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())

/** Every form of the given secrets that is looked for in text, longest first, so that none hides in another. */
export function formsOf(secrets: readonly string[]): readonly string[] {
  const forms = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue
    const percent = [encodeURIComponent(secret), asForm(secret), encodeURI(secret)]
    const base64 = inBase64(secret)
    const hex = Buffer.from(secret).toString('hex')
    for (const form of [
      secret, ...percent, ...percent.map(lowerPercent), encodeURIComponent(encodeURIComponent(secret)), asJson(secret), asJson(asJson(secret)), escapedMore(secret), asHtml(secret),
      ...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')), ...base64.map(encodeURIComponent), hex, hex.toUpperCase(),
    ]) if (form.length >= SHORTEST) forms.add(form)
  }
  return [...forms].sort((a, b) => b.length - a.length)
}
