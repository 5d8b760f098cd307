/**
 * What every request passes, whatever it asks for, and the only try/catch of the API.
 *
 * Promise: a foreign host name or site gets no further; whatever is thrown becomes a problem document, and
 * what nobody foresaw is logged under a reference without anything that the caller sent.
 */
import { randomBytes } from 'node:crypto'
import type { Carillon } from '#lib/composition.ts'
import { ProblemError } from '#lib/contract/problem.ts'
import { HEADERS, problem, problemResponse } from './answering.ts'
import { carillon } from './pinned.ts'
import { requireOwnHost, requireOwnOrigin } from './same-site.ts'

export type Params = Record<string, string | string[] | undefined>
/** The framework hands over no parameters at all where a path has none. */
export type Handler = (
  request: Request,
  context: { params: Promise<Params | undefined> },
) => Promise<Response>

const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

type Perform = (request: Request, params: Params, carillon: Carillon) => Promise<Response>

export const door = (name: string, perform: Perform): Handler =>
  openDoor(name, async (request, params, carillon) => {
    const { env, auth } = carillon
    // Another site can make a browser send a cookie, but never an Authorization header of its own: one that is
    // there beside a cookie is a proxy's, or the browser's for it.
    const byCookie = auth.hasSession(request.headers) || !request.headers.has('authorization')
    if (CHANGES.has(request.method) && byCookie) requireOwnOrigin(request.headers, env)
    return perform(request, params, carillon)
  })

/**
 * For what heeds no cookie, so that no site gains by having it sent. `name` is what the log calls it: the path's
 * pattern, since a path itself can carry a token.
 */
export function openDoor(name: string, perform: Perform): Handler {
  return async (request, { params }) => {
    try {
      requireOwnHost(request.headers, carillon().env)
      return await perform(request, (await params) ?? {}, carillon())
    } catch (error) {
      return problemResponse(error, (unforeseen) => logged(unforeseen, `${request.method} ${name}`))
    }
  }
}

function logged(thrown: unknown, request: string): string {
  const reference = randomBytes(4).toString('hex')
  // A failed query's own message repeats the values that it was bound to; its cause says what was wrong.
  const error = thrown instanceof Error && thrown.message.startsWith('Failed query') ? thrown.cause : thrown
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  carillon().log.error({ reference, request, error: { name, message, stack } }, 'a request failed')
  return reference
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type Method = (typeof METHODS)[number]

/** The handlers of one address; the methods that it does not have answer 405. */
export function resource<Handlers extends Partial<Record<Method, Handler>>>(
  handlers: Handlers,
): Handlers & Record<Method, Handler> {
  const allow = Object.keys(handlers).join(', ')
  const refuse: Handler = async (request) =>
    problem(new ProblemError(405, `${request.method} does not work here. Use ${allow}.`).problem, { allow })
  return { ...Object.fromEntries(METHODS.map((method) => [method, refuse])), ...handlers } as Handlers &
    Record<Method, Handler>
}

/** Every address below `/api` that is none. */
export const nowhere: Handler = async () =>
  problem(new ProblemError(404, 'There is nothing at this address.').problem)

export const plainText = (text: string, type: string) =>
  new Response(text, { headers: { ...HEADERS, 'content-type': type } })
