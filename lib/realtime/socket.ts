/**
 * A live socket: what may be asked on it, what is told on it, and how a failure is worded for whoever asked.
 */
import type { IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import type { Server, Socket } from 'socket.io'
import type { EventType, LiveEvent } from '../contract/event.ts'
import { problemOf } from '../contract/problem.ts'
import type { UnreadList } from '../contract/unread.ts'
import type { Following } from './rights.ts'

export type Asked = (slug: unknown, answer: unknown) => void
interface Heard {
  'workspace:join': Asked
  'workspace:leave': Asked
}
type Told = { [Type in EventType]: (event: LiveEvent) => void } & {
  'me:unread': (unread: UnreadList) => void
}
type None = Record<string, never>

export type LiveServer = Server<Heard, Told, None, Following>
export type LiveSocket = Socket<Heard, Told, None, Following>

export function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === 'string') headers.set(name, value)
  return headers
}

/** What nobody foresaw is in the log, and not in the answer. */
export function inWords(error: unknown, what: string, log: Logger): { error: string; status: number } {
  const problem = problemOf(error)
  if (!problem) log.error({ err: error }, what)
  return {
    error: problem?.detail ?? 'Something broke on the server. Try again.',
    status: problem?.status ?? 500,
  }
}
