/**
 * Files as a form brings them.
 *
 * Promise: a form has files under `file` and nothing else; no more bytes are held than a few files may have.
 */
import { createHash } from 'node:crypto'
import { ProblemError, unacceptable } from '#lib/contract/problem.ts'
import type { SentFile } from '#lib/verbs/documents.ts'
import { readBytes } from './body.ts'

const MOST_FORM_BYTES = 100 * 1024 ** 2
const MOST_FILES = 50

export const isForm = (headers: Headers): boolean =>
  /^multipart\/form-data\s*;/i.test(headers.get('content-type') ?? '')

/** `text` stands for the whole of it. @throws ProblemError for what is no such form. */
export async function readForm(request: Request): Promise<{ files: SentFile[]; text: string }> {
  const bytes = await readBytes(request, MOST_FORM_BYTES)
  const type = request.headers.get('content-type') ?? ''
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch(() => {
    throw new ProblemError(400, 'The body is not the form that its headers say it is.')
  })
  const files: SentFile[] = []
  for (const [field, it] of form) {
    if (field !== 'file') throw unacceptable([{ path: field.slice(0, 100), message: 'is not a field here' }])
    if (typeof it === 'string') throw unacceptable([{ path: 'file', message: 'expects a file, not a text' }])
    files.push({ name: it.name, bytes: Buffer.from(await it.arrayBuffer()) })
  }
  if (files.length === 0) throw unacceptable([{ path: 'file', message: 'is missing' }])
  if (files.length > MOST_FILES)
    throw unacceptable([{ path: 'file', message: `expects at most ${MOST_FILES} files at once` }])
  return { files, text: `form ${createHash('sha256').update(bytes).digest('hex')}` }
}
