/** A new id that nobody else chooses. `crypto.randomUUID` is missing where a page is served without https. */
export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
