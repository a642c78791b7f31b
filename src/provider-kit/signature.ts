import { createHmac, timingSafeEqual } from 'node:crypto'

/** A delivery as it arrived: the bytes are what was signed. */
export interface Delivery {
  readonly method: string
  /** As the vendor called it, with its query. */
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

/** How a delivery proves that the vendor sent it. */
export type Signature =
  | {
      readonly kind: 'hmac'
      readonly algorithm: 'sha1' | 'sha256'
      readonly header: string
      readonly encoding: 'hex' | 'base64'
      /** What stands before it in the header: `sha256=`. */
      readonly prefix?: string
      /** What is signed; the body alone where nothing is said. */
      readonly signed?: (delivery: Delivery, timestamp: string) => string
      /** A time that is signed along: older deliveries are replays. */
      readonly timestamp?: { readonly header: string; readonly unit: 'seconds' | 'milliseconds'; readonly toleranceSeconds: number }
      /** The bytes of the key where it is not the secret's own text. */
      readonly key?: 'base64' | 'hex'
    }
  /** The secret itself, in a header. */
  | { readonly kind: 'shared_secret'; readonly header: string; readonly prefix?: string }
  /** Nothing is signed: only the address, which has a secret in it, tells who knows it. */
  | { readonly kind: 'secret_address'; readonly because: string }

type Hmac = Extract<Signature, { kind: 'hmac' }>

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

function hmacOf(signature: Hmac, secret: string, delivery: Delivery, timestamp: string): string {
  const text = signature.signed === undefined ? delivery.body : signature.signed(delivery, timestamp)
  const key = signature.key === undefined ? secret : Buffer.from(secret, signature.key)
  return (signature.prefix ?? '') + createHmac(signature.algorithm, key).update(text).digest(signature.encoding)
}

/** Whether the vendor signed it, and not too long ago. `secret_address` is checked by whoever matched the address. */
export function isSigned(signature: Signature, secret: string, delivery: Delivery, now: Date): boolean {
  if (signature.kind === 'secret_address') return true
  if (secret === '') return false
  const shown = delivery.headers.get(signature.header)
  if (shown === null) return false
  if (signature.kind === 'shared_secret') return same(shown, (signature.prefix ?? '') + secret)
  const { timestamp } = signature
  const at = timestamp === undefined ? '' : delivery.headers.get(timestamp.header) ?? ''
  if (timestamp !== undefined) {
    const ms = Number(at) * (timestamp.unit === 'seconds' ? 1000 : 1)
    if (!/^\d{1,15}$/.test(at) || Math.abs(now.getTime() - ms) > timestamp.toleranceSeconds * 1000) return false
  }
  return same(shown, hmacOf(signature, secret, delivery, at))
}

/** The headers with which the vendor would prove it: for sandboxes. */
export function signatureHeaders(signature: Signature, secret: string, delivery: Omit<Delivery, 'headers'>, now: Date): Record<string, string> {
  if (signature.kind === 'secret_address') return {}
  if (signature.kind === 'shared_secret') return { [signature.header]: (signature.prefix ?? '') + secret }
  const at = signature.timestamp === undefined ? '' : String(signature.timestamp.unit === 'seconds' ? Math.floor(now.getTime() / 1000) : now.getTime())
  return {
    ...(signature.timestamp !== undefined && { [signature.timestamp.header]: at }),
    [signature.header]: hmacOf(signature, secret, { ...delivery, headers: new Headers() }, at),
  }
}
