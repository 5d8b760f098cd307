/** What the server refused or could not do, as an error to show. */
import type { Problem as Document, Meanwhile } from '#lib/contract/problem.ts'

export class Problem extends Error {
  override name = 'Problem'
  readonly title: string
  /** Of HTTP; 0 when no answer came. */
  readonly status: number
  readonly detail: string
  readonly errors: readonly { path: string; message: string }[]
  /** Of what is no longer as it was looked at. */
  readonly meanwhile: Meanwhile | null

  constructor({
    title,
    status,
    detail: said,
    errors = [],
    meanwhile = null,
  }: Pick<Document, 'title' | 'status' | 'detail' | 'errors'> & {
    meanwhile?: Meanwhile | null | undefined
  }) {
    // The server's own words have the instant as programs read it.
    const detail = meanwhile ? `${changedBy(meanwhile)} meanwhile. ${LOOK_AGAIN}` : said
    super(detail)
    this.title = title
    this.status = status
    this.detail = detail
    this.errors = errors
    this.meanwhile = meanwhile
  }
}

export const changedBy = ({ what, by }: Pick<Meanwhile, 'what' | 'by'>) =>
  `${by ?? 'Somebody'} changed ${what}`
export const LOOK_AGAIN = 'Look again, then repeat your change.'

export const isProblem = (error: unknown): error is Problem => error instanceof Problem
/** What it has become meanwhile; null where nothing is wrong, or something else. */
export const meanwhileIn = (error: unknown): Meanwhile | null => (isProblem(error) ? error.meanwhile : null)

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
      return new Problem({ ...given, title: given.title, detail: given.detail, status })
  } catch {
    // Not JSON: told below.
  }
  return new Problem({
    title: 'Unexpected answer',
    status,
    detail: `The server answered with status ${status} and no explanation.`,
  })
}
