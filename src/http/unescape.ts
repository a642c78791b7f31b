/** ASCII escapes, which are all that can lead astray; a malformed one beside them hides nothing. */
export const unescaped = (text: string): string => text.replaceAll(/%[0-7][0-9a-f]/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
