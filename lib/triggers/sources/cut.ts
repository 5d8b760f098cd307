/** Texts from outside, as far as an event carries them. */
const MOST_BYTES = 4 * 1024

/** Whole characters only. */
export function cut(text: string, most = MOST_BYTES): { text: string; truncated: boolean } {
  // PostgreSQL's text cannot hold a NUL character.
  const plain = text.replaceAll('\u0000', '').toWellFormed()
  const bytes = Buffer.from(plain)
  if (bytes.length <= most) return { text: plain, truncated: false }
  return { text: new TextDecoder().decode(bytes.subarray(0, most), { stream: true }), truncated: true }
}
