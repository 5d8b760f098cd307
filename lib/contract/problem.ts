/** Errors on the wire: RFC 9457 problem documents, and the value that becomes one. */
import { z } from 'zod'

/** `what` such as "this schedule"; `by`: null where nobody knows who. */
const Meanwhile = z.object({
  what: z.string(),
  by: z.string().nullable(),
  at: z.string(),
  revision: z.number(),
})
export type Meanwhile = z.infer<typeof Meanwhile>

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  meanwhile: Meanwhile.optional().meta({
    description: 'Of what is no longer as it was looked at: who changed it, when, and the revision it is at.',
  }),
})
export type Problem = z.infer<typeof Problem>

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Not acceptable as it is',
  429: 'Too many requests',
  500: 'Something broke',
  503: 'Not available',
}

/**
 * An error that a person can act on. Recognised by its `problem` field, not by its class: the web framework
 * bundles its own copy of this module, so `instanceof` does not hold between a route and the server.
 */
export class ProblemError extends Error {
  readonly problem: Problem
  /** With 429: when it may be tried again. */
  retryAfterSeconds?: number
  constructor(status: number, detail: string, errors?: { path: string; message: string }[]) {
    super(detail)
    this.name = 'ProblemError'
    this.problem = {
      type: 'about:blank',
      title: TITLES[status] ?? 'Problem',
      status,
      detail,
      ...(errors && { errors }),
    }
  }
}

export const notFound = (what: string) => new ProblemError(404, `There is no such ${what} here.`)
export const forbidden = (detail: string) => new ProblemError(403, detail)
/** Asked too often, or of too much. */
export const tooMany = (detail: string, retryAfterSeconds: number) =>
  Object.assign(new ProblemError(429, detail), { retryAfterSeconds })
export const unacceptable = (errors: { path: string; message: string }[]) =>
  new ProblemError(
    422,
    errors.map((it) => (it.path ? `${it.path}: ${it.message}` : it.message)).join(' '),
    errors,
  )

interface Told {
  /** 412: a header said what was seen. */
  status?: 409 | 412
  areMany?: boolean
  counted?: 'revision' | 'version'
}
/** It is no longer as whoever asks has seen it. */
export function changedMeanwhile(
  { what, by, at, revision }: Omit<Meanwhile, 'at'> & { at: number },
  { status = 409, areMany = false, counted = 'revision' }: Told = {},
): ProblemError {
  const instant = new Date(at).toISOString()
  const [are, them] = areMany ? ['they are', 'them'] : ['it is', 'it']
  const error = new ProblemError(
    status,
    `${by ?? 'Somebody'} changed ${what} at ${instant}; ${are} at ${counted} ${revision} now. ` +
      `Look at ${them} again, then repeat your change.`,
  )
  error.problem.meanwhile = { what, by, at: instant, revision }
  return error
}

export function problemOf(error: unknown): Problem | null {
  return typeof error === 'object' && error !== null && 'problem' in error ? (error.problem as Problem) : null
}
