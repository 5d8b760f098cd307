/** What is said of a document, as people say it. */
import { formatFixed } from '#components/ui/number.ts'
import type { Document } from '#lib/contract/document.ts'

const TYPES: Record<string, string> = {
  'text/plain': 'Text',
  'text/markdown': 'Markdown',
  'text/html': 'Web page',
  'text/csv': 'Table',
  'text/calendar': 'Calendar',
  'message/rfc822': 'Mail',
  'application/json': 'JSON',
  'application/pdf': 'PDF',
  'application/zip': 'ZIP archive',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word document',
}
export const typeOf = ({ mediaType }: Pick<Document, 'mediaType'>): string =>
  TYPES[mediaType] ?? 'Unknown kind of file'

const KIB = 1024
const MIB = KIB * KIB
export function sizeOf(bytes: number): string {
  if (bytes < KIB) return bytes === 1 ? '1 byte' : `${bytes} bytes`
  return bytes < MIB ? `${formatFixed(bytes / KIB, 1)} KiB` : `${formatFixed(bytes / MIB, 1)} MiB`
}

/** Who put it there, as far as it is known: a person by their name while they are a member. */
export function makerOf(
  { createdBy }: Pick<Document, 'createdBy'>,
  members: readonly { userId: string; name: string }[],
): string {
  if (createdBy === null) return 'the machine’s administrator'
  if (createdBy.startsWith('agent:')) return `the agent ${createdBy.slice('agent:'.length)}`
  if (createdBy.startsWith('key:')) return 'an API key'
  return members.find((it) => it.userId === createdBy)?.name ?? 'somebody who is not here any more'
}

/** A part of a text, and whether it is one of the words that were looked for. */
export interface Marked {
  text: string
  hit: boolean
}
const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

/** A text with the words of a search told apart: whole words, where their script has spaces. */
export function marked(text: string, q: string): Marked[] {
  const words = (q.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).sort((a, b) => b.length - a.length)
  if (words.length === 0) return [{ text, hit: false }]
  const patterns = words.map((it) => (SPACELESS.test(it) ? it : `(?<![\\p{L}\\p{N}])${it}(?![\\p{L}\\p{N}])`))
  return text
    .split(new RegExp(`(${patterns.join('|')})`, 'giu'))
    .map((part, n) => ({ text: part, hit: n % 2 === 1 }))
    .filter((it) => it.text !== '')
}

/**
 * A text in parts of about so many characters, cut where a line ends: a browser lays out those in sight. Only a
 * line that goes on for ever is cut, between two characters.
 */
export function partsOf(text: string, about: number): string[] {
  const parts: string[] = []
  for (let at = 0; at < text.length; ) {
    const next = endOf(text, at, about)
    parts.push(text.slice(at, next))
    at = next
  }
  return parts
}
function endOf(text: string, at: number, about: number): number {
  const line = text.indexOf('\n', at + about - 1)
  const end = line < 0 ? text.length : line + 1
  if (end - at <= 2 * about) return end
  const cut = at + about
  return /[\uDC00-\uDFFF]/.test(text.charAt(cut)) ? cut + 1 : cut
}
