/** What a file says, for whoever cannot wait for the shelf; nothing is kept. */
import type { Extract } from './extract.ts'
import { type Read, kept } from './kept.ts'
import { decoded, kindOf, READABLE } from './types.ts'

interface File {
  name: string
  bytes: Buffer
  /** It was sent as a page, whatever it begins with. */
  isPage?: boolean
}

export const readAtOnce =
  (extract: Extract) =>
  async (
    { name, bytes, isPage = false }: File,
    signal?: AbortSignal,
  ): Promise<(Read & { mediaType: string }) | { problem: string }> => {
    const found = kindOf(bytes, name)
    const isText = found.reading === 'text'
    const { mediaType, reading } =
      isPage && isText ? ({ mediaType: 'text/html', reading: 'html' } as const) : found
    if (reading === null) return { problem: `This kind of file cannot be read. ${READABLE}` }
    if (reading === 'text') return { mediaType, ...kept({ text: decoded(bytes) ?? '', left: null }) }
    const read = await extract({ reading, bytes }, signal)
    return 'problem' in read ? read : { mediaType, ...read }
  }

/** What a page says, for whoever has nothing but its bytes; null where it cannot be read. */
export const pageReader =
  (extract: Extract) =>
  async (bytes: Buffer, signal: AbortSignal): Promise<string | null> => {
    const read = await extract({ reading: 'html', bytes }, signal)
    return 'text' in read ? read.text : null
  }
