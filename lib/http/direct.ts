/**
 * Calls of webhooks reach their door before the framework: what that does for a request costs more than they do.
 *
 * Promise: the door hears and answers as it does behind the framework; whoever sends too much hears so before the
 * connection ends.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { api } from '#lib/contract/api.ts'
import { hook } from './hook.ts'

const door = hook(api.callHook)
const PATH = /^\/api\/hooks\/([\w-]+)(?:\?|$)/

/** Whether it was taken over; every other request goes on. */
export function takesHook(request: IncomingMessage, response: ServerResponse): boolean {
  const [, token] = PATH.exec(request.url ?? '') ?? []
  if (!token || request.method !== 'POST') return false
  // The door throws nothing; a caller who has gone hears nothing.
  void answer(request, response, token).catch(() => response.destroy())
  return true
}

async function answer(request: IncomingMessage, response: ServerResponse, token: string): Promise<void> {
  const answered = await door(heard(request), { params: Promise.resolve({ token }) })
  const text = await answered.text()
  if (!request.complete) response.setHeader('connection', 'close')
  response.writeHead(answered.status, Object.fromEntries(answered.headers)).end(text)
}

function heard(request: IncomingMessage): Request {
  const headers = new Headers()
  for (const [name, values] of Object.entries(request.headers))
    for (const value of [values].flat()) if (value !== undefined) headers.append(name, value)
  return new Request(new URL(request.url ?? '', `http://${request.headers.host}`), {
    method: 'POST',
    headers,
    body: bodyOf(request),
    duplex: 'half',
  } as RequestInit)
}

/** Who stops reading has still to answer: the connection stays. */
function bodyOf(request: IncomingMessage): ReadableStream {
  const chunks = request.iterator({ destroyOnReturn: false })
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
}
