/**
 * The text of an answer from the web, whatever it says of its encoding: what is UTF-8 is read as that, for many say
 * something else of it; what is not is what it says, else what old Windows programs write.
 */
import type { GuardedResponse } from '../../net/guarded-fetch.ts'

const HEAD_BYTES = 1024
const DECLARED = /(?:encoding|charset)\s*=\s*["']?\s*([\w.:-]+)/i

export function decoded({
  bytes,
  headers,
  truncated,
}: Pick<GuardedResponse, 'bytes' | 'headers' | 'truncated'>): string {
  const wide =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : null
  if (wide) return new TextDecoder(wide).decode(bytes)
  try {
    // `stream` leaves a character out that the cut went through.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: truncated })
  } catch {
    const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1')
    const said = DECLARED.exec(headers.get('content-type') ?? '')?.[1] ?? DECLARED.exec(head)?.[1]
    return decoderOf(said).decode(bytes)
  }
}

function decoderOf(label = 'windows-1252'): TextDecoder {
  try {
    const found = new TextDecoder(label)
    return found.encoding === 'utf-8' ? new TextDecoder('windows-1252') : found
  } catch {
    return new TextDecoder('windows-1252')
  }
}
