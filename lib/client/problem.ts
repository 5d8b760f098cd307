/** What the server refused or could not do, as an error to show. */
import type { Problem as Document } from '#lib/contract/problem.ts'

export class Problem extends Error {
  override name = 'Problem'
  readonly title: string
  /** Of HTTP; 0 when no answer came. */
  readonly status: number
  readonly detail: string
  readonly errors: readonly { path: string; message: string }[]

  constructor({
    title,
    status,
    detail,
    errors = [],
  }: Pick<Document, 'title' | 'status' | 'detail' | 'errors'>) {
    super(detail)
    this.title = title
    this.status = status
    this.detail = detail
    this.errors = errors
  }
}

export const isProblem = (error: unknown): error is Problem => error instanceof Problem

const sentence = (text: string) =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`

/** The first complaint about each field, as a sentence, for forms. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!isProblem(error)) return {}
  return Object.fromEntries(error.errors.map(({ path, message }) => [path, sentence(message)]).reverse())
}

export function noAnswer(cause: unknown): Problem {
  const problem = new Problem({
    title: 'No connection',
    status: 0,
    detail: 'The server did not answer. Check the connection and try again.',
  })
  problem.cause = cause
  return problem
}

/**
 * From an answer that is not good; whatever stands between
 * us and the server may answer without a problem document.
 */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => '')
  const status = response.status
  try {
    const given = JSON.parse(text) as Partial<Document>
    if (typeof given.title === 'string' && typeof given.detail === 'string')
      return new Problem({ title: given.title, detail: given.detail, status, errors: given.errors })
  } catch {
    // Not JSON: told below.
  }
  return new Problem({
    title: 'Unexpected answer',
    status,
    detail: `The server answered with status ${status} and no explanation.`,
  })
}
