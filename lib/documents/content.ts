/** What a file is kept as: a text at once, a file whose text is still to be read, or one that nobody can read. */
import { createHash } from 'node:crypto'
import type { Content } from '#db/queries/documents.ts'
import { kept } from './kept.ts'
import { decoded, kindOf, READABLE } from './types.ts'

/** By their nature, others wrote what stands in them. */
const FROM_OUTSIDE = new Set(['message/rfc822', 'text/html', 'text/calendar'])

export function contentOf(name: string, bytes: Buffer, fileName: string): Content {
  const { mediaType, reading } = kindOf(bytes, name)
  const { text, left } =
    reading === 'text' ? kept({ text: decoded(bytes) ?? '', left: null }) : { text: '', left: null }
  const isText = reading === 'text' && bytes.equals(Buffer.from(text))
  return {
    name,
    text,
    mediaType,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    status: reading === 'text' ? 'ready' : reading ? 'extracting' : 'failed',
    problem: reading ? left : `This kind of file cannot be read. ${READABLE}`,
    source: { kind: 'upload', ref: fileName },
    tainted: FROM_OUTSIDE.has(mediaType),
    original: isText ? null : bytes,
  }
}
