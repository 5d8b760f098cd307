/**
 * JSON as it comes in, read with care.
 *
 * Promise: at most so many bytes are ever held; one text has one meaning (no byte
 * order mark, no duplicate keys, no number that changes its value on the way in);
 * nothing that names a prototype or that a database refuses to store gets through.
 */
import { ambiguity } from '#lib/contract/json-text.ts'
import { ProblemError } from '#lib/contract/problem.ts'

export const MOST_BODY_BYTES = 1024 * 1024

/** @throws ProblemError 413 as soon as it is too long, 400 where it breaks off. */
export async function readBytes(request: Request, most: number): Promise<Buffer<ArrayBuffer>> {
  const tooLarge = new ProblemError(413, `The body may have at most ${most} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > most) throw tooLarge
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of request.body ?? []) {
      length += chunk.length
      if (length > most) throw tooLarge
      chunks.push(chunk)
    }
  } catch (error) {
    // Whoever sent it went away: nobody reads the answer, and nothing broke here.
    throw error === tooLarge ? error : new ProblemError(400, 'The body did not arrive whole.')
  }
  return Buffer.concat(chunks)
}

/** The body's text. @throws ProblemError 413 as soon as it is too long, 400 where it is not UTF-8. */
export async function readText(request: Request, most = MOST_BODY_BYTES): Promise<string> {
  const bytes = await readBytes(request, most)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new ProblemError(400, 'The body is not UTF-8 text.')
  }
}

/** @throws ProblemError 415: a form or plain text is what another site can make a browser send. */
export function requireType(headers: Headers, wanted: 'application/json' | 'application/zip' | '*/*'): void {
  if (wanted === '*/*') return
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== wanted)
    throw new ProblemError(415, `Send the body as ${wanted}, not as ${type ? `"${type}"` : 'nothing named'}.`)
}

export const requireJson = (headers: Headers): void => requireType(headers, 'application/json')

/** @throws ProblemError 400 with what is wrong. */
export function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ProblemError(400, `The body is not JSON: ${(error as Error).message}`)
  }
  const problem = ambiguity(text)
  if (problem) throw new ProblemError(400, `The body ${problem}.`)
  return value
}
