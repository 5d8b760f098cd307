/**
 * A connection to one server of tools.
 *
 * Promise: opening it, asking what it offers and calling it each end within their time, whatever the server does; an
 * answer has a most size; what goes wrong is a `McpProblem` in words, without what was given in confidence.
 */
import { createMCPClient, type MCPClient, type OAuthClientProvider } from '@ai-sdk/mcp'
import { type Clock, seconds } from '../../clock.ts'
import { inTime } from '../../deadline.ts'
import type { GuardedStream } from '../../net/guarded-stream.ts'
import { unreachable } from '../../net/unreachable.ts'
import { hidden, hiding } from '../hiding.ts'
import type { Announced } from './pinning.ts'
import { McpProblem } from './problem.ts'
import { type CommandLine, stdioTransport } from './stdio.ts'
import { watched } from './watched.ts'

/** What was given in confidence is open in it. */
export type Endpoint = {
  name: string
  /** Are not to be told. */
  confidential: string[]
} & (
  | { transport: 'http'; url: string; headers: Record<string, string>; signedIn: OAuthClientProvider | null }
  | ({ transport: 'stdio' } & CommandLine)
)

export interface Connection {
  tools(signal: AbortSignal): Promise<Announced[]>
  call(tool: string, given: unknown, signal: AbortSignal): Promise<CallResult>
  /** Takes out of a text what was given in confidence. */
  hide(text: string): string
  /** Never rejects. */
  close(): Promise<void>
}
export type CallResult = Awaited<ReturnType<MCPClient['callTool']>>

interface Deps {
  clock: Clock
  fetch: GuardedStream
}

const OPENING_MS = seconds(15)
const CALL_MS = seconds(55)
/** To end a session in good order. */
const FAREWELL_MS = seconds(2)
const MOST_PAGES = 20
/** Of one connection. */
const MOST_AT_ONCE = 16
const MOST_REQUESTS = 5000

export async function connect(
  endpoint: Endpoint,
  { clock, fetch }: Deps,
  signal: AbortSignal,
): Promise<Connection> {
  const broken = new AbortController()
  const hide = hidingAll(endpoint.confidential)
  /** A part that may hang, by its time; and no longer than the connection can be used. */
  async function within<Answer>(
    ms: number,
    outer: AbortSignal,
    work: (signal: AbortSignal) => Promise<Answer>,
  ) {
    try {
      return await inTime({ clock, ms, signals: [outer, broken.signal], late: () => notWithin(ms) }, work)
    } catch (error) {
      outer.throwIfAborted()
      const problem = inWords(error, endpoint.name, hide)
      const away = problem.code === 'reauth_required' ? opened.away() : null
      throw away === null ? problem : signInAway(endpoint.name, away)
    }
  }
  const opened = open(endpoint, fetch, broken)
  const client = await within(OPENING_MS, signal, (all) =>
    createMCPClient({
      clientName: 'carillon',
      transport: opened.transport,
      initializationOptions: { signal: all },
      onUncaughtError: (error) => {
        if (refusalIn(error)) broken.abort(error)
      },
    }),
  ).catch(async (error) => {
    await opened.close()
    throw error
  })
  return {
    hide,
    tools: (outer) => within(OPENING_MS, outer, async (all) => hidden(await listed(client, all), hide)),
    call: (name, given, outer) =>
      within(CALL_MS, outer, (all) =>
        client.callTool({ name, arguments: given as Record<string, unknown>, options: { signal: all } }),
      ),
    async close() {
      let callOff = () => {}
      const time = new Promise<void>((resolve) => {
        callOff = clock.after(FAREWELL_MS, resolve)
      })
      await Promise.race([client.close().catch(() => {}), time])
      callOff()
      await opened.close()
    },
  }
}

/** What it is granted meanwhile is confidential, too: it comes to the others. */
function hidingAll(confidential: readonly string[]): (text: string) => string {
  let known = confidential.length
  let hide = hiding(confidential)
  return (text) => {
    if (confidential.length > known) {
      known = confidential.length
      hide = hiding(confidential)
    }
    return hide(text)
  }
}

export const notWithin = (ms: number) =>
  new McpProblem('unreachable', `It did not answer within ${ms / 1000} seconds.`)
export const signInAway = (name: string, why: string) =>
  new McpProblem('unreachable', `The sign-in of the MCP server "${name}" cannot be asked: ${why}`)

function open(endpoint: Endpoint, fetch: GuardedStream, broken: AbortController) {
  if (endpoint.transport === 'stdio') {
    const transport = stdioTransport(endpoint, (error) => broken.abort(error))
    return { transport, away: () => null, close: () => transport.close().catch(() => {}) }
  }
  const { url, headers, signedIn } = endpoint
  const bounded = counted(broken)
  const watch = watched(
    ((input, init) =>
      bounded(() =>
        fetch(input, {
          ...init,
          signal: AbortSignal.any([broken.signal, ...(init?.signal ? [init.signal] : [])]),
        }),
      )) as typeof globalThis.fetch,
    (it) => it.href !== new URL(url).href,
  )
  const transport = {
    type: 'http' as const,
    url,
    headers,
    ...(signedIn && { authProvider: signedIn }),
    // What is still under way when it is closed ends then.
    fetch: watch.fetch,
  }
  return {
    transport,
    away: watch.away,
    close: async () => broken.abort(new McpProblem('unreachable', 'The connection was closed.')),
  }
}

/** The library answers each question of a server with a request of its own: one answer can hold eighty thousand. */
function counted(broken: AbortController) {
  let open = 0
  let all = 0
  return async (send: () => Promise<Response>): Promise<Response> => {
    if (open >= MOST_AT_ONCE || all >= MOST_REQUESTS)
      broken.abort(new McpProblem('misconfigured', 'It asks more than anybody could answer.'))
    broken.signal.throwIfAborted()
    open++
    all++
    try {
      return await send()
    } finally {
      open--
    }
  }
}

async function listed(client: MCPClient, signal: AbortSignal): Promise<Announced[]> {
  const found: Announced[] = []
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const { tools, nextCursor } = await client.listTools({
      ...(cursor !== undefined && { params: { cursor } }),
      options: { signal },
    })
    found.push(...(tools as Announced[]))
    if (!nextCursor) return found
    cursor = nextCursor
  }
  throw new McpProblem('misconfigured', `Its list of tools has more than ${MOST_PAGES} pages.`)
}

const problemIn = (error: unknown): McpProblem | null =>
  !(error instanceof Error) ? null : error instanceof McpProblem ? error : problemIn(error.cause)
/** Ours: an address that is not asked, an answer that is too long. */
const refusalIn = (error: unknown): Error | null =>
  !(error instanceof Error) ? null : error.name === 'OutboundRefused' ? error : refusalIn(error.cause)

function inWords(error: unknown, name: string, hide: (text: string) => string): McpProblem {
  const said = (code: McpProblem['code'], what: string) =>
    new McpProblem(code, hide(`The MCP server "${name}": ${what}`), error)
  const own = problemIn(error)
  if (own) return said(own.code, own.message)
  if (error instanceof Error && error.name === 'UnauthorizedError')
    return said('reauth_required', 'it wants a new sign-in.')
  const refusal = refusalIn(error)
  if (refusal) return said('misconfigured', refusal.message)
  const status = (error as { statusCode?: number }).statusCode
  if (status === 401 || status === 403)
    return said(
      'reauth_required',
      `it refuses what it is signed in with (${status}). Enter its headers anew.`,
    )
  if (status !== undefined && status < 500 && status !== 408 && status !== 429)
    return said(
      'misconfigured',
      `it answers ${status}: is the address right, and does it speak Streamable HTTP?`,
    )
  if (status !== undefined) return said('unreachable', `it answers ${status}.`)
  if (error instanceof Error && error.name === 'AI_MCPClientError' && !error.cause)
    return said('unreachable', brief(error.message))
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return said('unreachable', unreachable(cause))
}
const brief = (text: string) => text.replace(/\s+/g, ' ').slice(0, 300)
