/**
 * Postgres arrays in their binary form: pg sends a Buffer parameter as it is. Half the CPU of text arrays, no escaping.
 * Layout: dimensions, has-nulls, element type, length, lower bound, then each element with its length (-1: null).
 */
const TYPE = { bytea: 17, text: 25, uuid: 2950, int4: 23 } as const

function array(type: number, elements: readonly (Buffer | null)[]): Buffer {
  const size = elements.reduce((sum, element) => sum + 4 + (element?.length ?? 0), 20)
  const buffer = Buffer.allocUnsafe(size)
  buffer.writeInt32BE(elements.length === 0 ? 0 : 1, 0)
  buffer.writeInt32BE(elements.includes(null) ? 1 : 0, 4)
  buffer.writeInt32BE(type, 8)
  if (elements.length === 0) return buffer.subarray(0, 12)
  buffer.writeInt32BE(elements.length, 12)
  buffer.writeInt32BE(1, 16)
  let offset = 20
  for (const element of elements) {
    offset = buffer.writeInt32BE(element?.length ?? -1, offset)
    if (element !== null) offset += element.copy(buffer, offset)
  }
  return buffer
}

export const textArray = (values: readonly (string | null)[]): Buffer => array(TYPE.text, values.map((value) => (value === null ? null : Buffer.from(value))))
export const uuidArray = (values: readonly (string | null)[]): Buffer => array(TYPE.uuid, values.map((value) => (value === null ? null : Buffer.from(value.replaceAll('-', ''), 'hex'))))
export const bytesArray = (values: readonly (Buffer | null)[]): Buffer => array(TYPE.bytea, values)
export const intArray = (values: readonly (number | null)[]): Buffer => array(TYPE.int4, values.map((value) => {
  if (value === null) return null
  const element = Buffer.allocUnsafe(4)
  element.writeInt32BE(value)
  return element
}))
