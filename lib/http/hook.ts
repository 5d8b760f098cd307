/**
 * The door of webhooks: no session, any type of body, judged over the bytes as they come in.
 *
 * Promise: a stranger is asked for no more than a token before anything is read; a body is cut off where it is too
 * long; who is refused hears nothing of what was sent, and the log is not flooded by it.
 */
import type { Carillon } from '#lib/composition.ts'
import type { Api } from '#lib/contract/api.ts'
import { problemOf, tooMany } from '#lib/contract/problem.ts'
import { json } from './answering.ts'
import { readBytes } from './body.ts'
import { clientOf } from './client-address.ts'
import { openDoor } from './door.ts'
import type { Route } from './route.ts'

const PER_MINUTE = 600
/** Of the refused calls of one address, so many a minute are kept. */
const LOGGED_PER_MINUTE = 60

export function hook(endpoint: Api['callHook']): Route<Api['callHook']> {
  const handler = openDoor(endpoint.path, async (request, { token }, carillon) => {
    const called = await carillon.hooks.at(String(token))
    const call = {
      headers: request.headers,
      query: new URL(request.url).searchParams,
      body: Buffer.alloc(0),
      remoteAddress: clientOf(request.headers),
    }
    try {
      requireRate(carillon, called)
      carillon.hooks.requireRoom(called)
      call.body = await readBytes(request, endpoint.takes.most)
      const { status, answer } = await carillon.hooks.receive(called, call)
      return json(answer, status)
    } catch (error) {
      await keep(carillon, called, call, error)
      throw error
    }
  })
  return Object.assign(handler, { endpoint })
}

/** What goes to the log with a refusal, and to no caller. */
interface Because {
  because?: string
  isLogged?: boolean
}

type Called = Awaited<ReturnType<Carillon['hooks']['at']>>
type Call = Parameters<Carillon['hooks']['receive']>[1]

function requireRate({ auth }: Carillon, { tokenHash }: Called): void {
  const waitSeconds = auth.takeTurn('hook', { id: tokenHash }, PER_MINUTE)
  if (waitSeconds > 0)
    throw tooMany(`At most ${PER_MINUTE} calls a minute. Wait ${waitSeconds} seconds.`, waitSeconds)
}

/** In the log, where the caller is to blame. */
async function keep({ auth, hooks }: Carillon, called: Called, call: Call, error: unknown): Promise<void> {
  const { status = 500, detail = '' } = problemOf(error) ?? {}
  if (status >= 500 || auth.takeTurn('hook refused', { id: called.tokenHash }, LOGGED_PER_MINUTE) > 0) return
  const { because = detail, isLogged } = error as Because
  if (isLogged) return
  const bytes = call.body.length || Number(call.headers.get('content-length') ?? 0)
  await hooks.refused(called, call, { status, reason: because, bytes })
}
