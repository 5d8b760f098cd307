/**
 * How answers and errors leave the server: JSON or a problem
 * document, kept by no cache, useless to another site.
 */
import type { z } from 'zod'
import { isUnavailable } from '#db/store.ts'
import { type Problem, ProblemError, problemOf, unacceptable } from '#lib/contract/problem.ts'
import { fieldByField } from '#lib/contract/wording.ts'

export const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  vary: 'Authorization, Cookie',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

export const json = (answer: unknown, status: number, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(answer), {
    status,
    headers: { ...HEADERS, 'content-type': 'application/json', ...headers },
  })

/** Bytes without a type of their own, so that nothing is made of them but a file. */
export const attachment = ({ name, bytes }: { name: string; bytes: Buffer }) =>
  new Response(new Uint8Array(bytes), {
    headers: {
      ...HEADERS,
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileNameOf(name))}`,
    },
  })
/** The same of a text that is not there as a whole; a browser saves it. */
export function streamed({ name, type, text }: { name: string; type: string; text: AsyncIterable<string> }) {
  const pieces = text[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await pieces.return?.()
    },
  })
  return new Response(body, {
    headers: {
      ...HEADERS,
      'content-type': type,
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileNameOf(name))}`,
    },
  })
}
/** No path, and nothing that a quote could end. */
const fileNameOf = (name: string) => name.replace(/[/\\:*?"'<>|()]/g, '_').replace(/^\.+/, '_')

export const problem = (it: Problem, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(it), {
    status: it.status,
    headers: { ...HEADERS, 'content-type': 'application/problem+json', ...headers },
  })

const LONGEST_PATH = 120

const pathOf = (path: PropertyKey[]): string => {
  const text = path.join('.')
  return text.length > LONGEST_PATH ? `${text.slice(0, LONGEST_PATH)}…` : text
}

/** What a schema found, field by field. */
export const issuesOf = (issues: Parameters<typeof fieldByField>[0]) =>
  fieldByField(issues).map(({ path, message }) => ({ path: pathOf(path), message }))

const retryAfter = (error: unknown): Record<string, string> =>
  typeof error === 'object' && error !== null && 'retryAfterSeconds' in error && error.retryAfterSeconds
    ? { 'retry-after': String(error.retryAfterSeconds) }
    : {}

const nameOf = (error: unknown) =>
  error instanceof Error
    ? error.name
    : typeof error === 'object' && error !== null && 'name' in error
      ? String(error.name)
      : ''

/**
 * The answer to an error, whoever threw it. What nobody foresaw is told to `unforeseen`, which answers a
 * reference: the caller gets that and nothing else. Errors are recognised by what they carry, not by their
 * class: the web framework bundles its own copies.
 */
export function problemResponse(error: unknown, unforeseen: (error: unknown) => string): Response {
  const known = problemOf(error)
  if (known)
    return problem(
      known,
      known.status === 409 || known.status === 503
        ? { 'retry-after': '1' }
        : known.status === 401
          ? { 'www-authenticate': 'Bearer' }
          : retryAfter(error),
    )
  if (isUnavailable(error)) {
    unforeseen(error)
    return problem(
      new ProblemError(503, 'The database cannot be used right now. Try again in a moment.').problem,
      { 'retry-after': '5' },
    )
  }
  const name = nameOf(error)
  if (name === 'ZodError' || name === '$ZodError')
    return problem(unacceptable(issuesOf((error as z.ZodError).issues)).problem)
  return problem(
    new ProblemError(
      500,
      `Something broke on the server. Its log has the details under the reference ${unforeseen(error)}.`,
    ).problem,
  )
}
