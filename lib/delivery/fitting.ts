/**
 * A text cut to what a service takes.
 *
 * Promise: no character, and nothing that stands for one, is cut in half; what was cut ends in "…". It is cut as it
 * was, and written as the service has it afterwards.
 */

const MORE = '…'
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })
const charactersOf = (text: string) => Iterator.from(characters.segment(text)).map((it) => it.segment)

interface Measure {
  /** How long the whole may be, by `sizeOf`. */
  most: number
  sizeOf?(written: string): number
  /** What is kept or left as a whole; each character, unless it is said. */
  piecesOf?(text: string): Iterable<string>
  /** A piece as the service writes it. */
  write?(piece: string): string
}

export function fitted(
  text: string,
  { most, sizeOf = (it) => it.length, piecesOf = charactersOf, write = (it) => it }: Measure,
): string {
  const kept: string[] = []
  let [size, fits] = [0, 0]
  const room = most - sizeOf(MORE)
  for (const piece of piecesOf(text.toWellFormed())) {
    const written = write(piece)
    size += sizeOf(written)
    if (size > most) return room < 0 ? '' : [...kept.slice(0, fits), MORE].join('')
    kept.push(written)
    if (size <= room) fits = kept.length
  }
  return kept.join('')
}

export const bytesOf = (text: string) => Buffer.byteLength(text)

/** Text is text: without what a screen would obey instead of showing it. */
export const legible = (text: string) =>
  text.toWellFormed().replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '')
