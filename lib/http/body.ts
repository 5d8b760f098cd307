/**
 * JSON as it comes in, read with care.
 *
 * Promise: at most so many bytes are ever held; one text has one meaning (no byte
 * order mark, no duplicate keys, no number that changes its value on the way in);
 * nothing that names a prototype or that a database refuses to store gets through.
 */
import { ProblemError } from '#lib/contract/problem.ts'

export const MOST_BODY_BYTES = 1024 * 1024
const DEEPEST = 64

/** The body's text. @throws ProblemError 413 as soon as it is too long, 400 where it is not UTF-8. */
export async function readText(request: Request, most = MOST_BODY_BYTES): Promise<string> {
  const tooLarge = new ProblemError(413, `The body may have at most ${most} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > most) throw tooLarge
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.length
    if (length > most) throw tooLarge
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new ProblemError(400, 'The body is not UTF-8 text.')
  }
}

/** @throws ProblemError 415: a form or plain text is what another site can make a browser send. */
export function requireJson(headers: Headers): void {
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    throw new ProblemError(
      415,
      `Send the body as application/json, not as ${type ? `"${type}"` : 'nothing named'}.`,
    )
}

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

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]|-?\d[\d.eE+-]*/g

/**
 * What JSON.parse accepts without a word, in words, or null. The text
 * is known to be valid JSON; no recursion, however deep it is.
 */
function ambiguity(text: string): string | null {
  const open: Open = []
  let before = ''
  for (const [token] of text.matchAll(TOKEN)) {
    const problem = problemOfToken(token, before, open)
    if (problem) return problem
    before = token
  }
  return null
}

/** For each open bracket the keys seen so far; null inside a list. */
type Open = (Set<string> | null)[]

function problemOfToken(token: string, before: string, open: Open): string | null {
  switch (token) {
    case '{':
    case '[':
      open.push(token === '{' ? new Set() : null)
      return open.length > DEEPEST ? `is nested deeper than ${DEEPEST} levels` : null
    case '}':
    case ']':
      open.pop()
      return null
    case ',':
      return null
  }
  if (!token.startsWith('"')) {
    if (keepsItsValue(token)) return null
    return `has the number ${token.slice(0, 40)}, which JSON cannot carry exactly: write it as a string`
  }
  const string = token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1)
  const keys = before === '{' || before === ',' ? open.at(-1) : null
  return problemOfText(string) ?? (keys ? problemOfKey(string, keys) : null)
}

function problemOfText(text: string): string | null {
  if (!text.isWellFormed()) return 'has a broken character (a lone surrogate)'
  return text.includes('\0') ? 'has a NUL character' : null
}

function problemOfKey(key: string, seen: Set<string>): string | null {
  if (key === '__proto__') return 'has the key "__proto__", which is not allowed'
  if (seen.has(key)) return `has the key "${key}" twice in one object`
  seen.add(key)
  return null
}

const keepsItsValue = (token: string) =>
  Number.isFinite(Number(token)) && (!/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token)))
