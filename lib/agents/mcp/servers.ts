/**
 * The servers of tools that workspaces have.
 *
 * Promise: a run calls only tools that were accepted, as they were accepted: what a server says of them is compared
 * whenever it is connected to. What a run has connected to, or started, ends with it.
 */
import type { Logger } from 'pino'
import * as rows from '#db/queries/mcp-servers.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../../clock.ts'
import type { McpStatus, ToolPolicy } from '../../contract/mcp.ts'
import { createGuardedStream, type GuardedStream } from '../../net/guarded-stream.ts'
import { judgeUrl } from '../../net/judge-url.ts'
import type { Box } from '../sealed.ts'
import type { Secrets } from '../secrets.ts'
import { type Confidential, openValues } from './confidence.ts'
import { connect, type Connection, type Endpoint } from './connection.ts'
import { definitionsOf, isChanged, type Pin, seenNow } from './pinning.ts'
import { McpProblem } from './problem.ts'
import { createSignIn, type SignIn } from './signing-in.ts'

export type McpServerRow = rows.McpServerRow

export interface McpDeps {
  store: Store
  clock: Clock
  log: Logger
  box: Box
  secrets: Secrets
  allowedPrivateNetworks: string[]
  allowStdio: boolean
  hint(workspaceIds: number[]): void
}

/** A connection, with what the server says at its other end. */
export interface Met {
  connection: Connection
  pins: Pin[]
}

export interface McpServers {
  readonly allowStdio: boolean
  readonly signIn: Pick<SignIn, 'begin' | 'finish'>
  /** Why an address may not be asked, or null. */
  refusalOf(url: string): string | null
  /** Connects, looks what it offers, keeps and tells what has changed. Throws nothing of the server's. */
  check(row: McpServerRow, signal?: AbortSignal): Promise<McpServerRow>
  /** `check`, unless somebody is at it or has just been. */
  look(row: McpServerRow): Promise<McpServerRow>
  /** What a call was refused with, where that holds for all calls. */
  note(row: McpServerRow, problem: McpProblem): Promise<void>
  /** @throws McpProblem */
  meet(row: McpServerRow, signal: AbortSignal): Promise<Met>
  list(workspaceId: number): Promise<McpServerRow[]>
  named(workspaceId: number, ids: number[]): Promise<McpServerRow[]>
  close(): Promise<void>
}

/** What it is reached by: another one is another server. */
export const receiverOf = ({
  transport,
  url,
  command,
  args,
}: Pick<McpServerRow, 'transport' | 'url' | 'command' | 'args'>) =>
  transport === 'http' ? (URL.parse(url ?? '')?.origin ?? '') : JSON.stringify([command, args])
/** As agents name it. */
export const toolName = ({ slug }: Pick<McpServerRow, 'slug'>, tool: string) => `${slug}.${tool}`
export const pinsOf = ({ tools }: Pick<McpServerRow, 'tools'>): Pin[] | null =>
  tools === null ? null : (JSON.parse(tools) as Pin[])
/** Read once: what is asked of it is the name of a tool. */
export function policiesOf({ toolPolicy }: Pick<McpServerRow, 'toolPolicy'>): (tool: string) => ToolPolicy {
  const all = JSON.parse(toolPolicy) as Record<string, ToolPolicy>
  return (tool) => all[tool] ?? {}
}

/** Whoever asks again so soon is told the same. */
const LOOKED_JUST_MS = seconds(10)
const DISABLED =
  'Servers that run commands are switched off here: whoever runs this server sets ALLOW_MCP_STDIO.'

export function createMcpServers(deps: McpDeps): McpServers {
  const { store, clock, allowStdio, allowedPrivateNetworks } = deps
  const fetch: GuardedStream = createGuardedStream({ allowedPrivateNetworks })
  const signIn = createSignIn({ ...deps, fetch })
  const open = new Set<Connection>()
  const stopped = new AbortController()
  const looking = new Map<number, Promise<McpServerRow>>()

  async function meet(row: McpServerRow, signal: AbortSignal): Promise<Met> {
    let connection: Connection | null = null
    try {
      const endpoint = await endpointOf(row, { ...deps, signIn, signal })
      connection = await connect(endpoint, { clock, fetch }, AbortSignal.any([signal, stopped.signal]))
      open.add(connection)
      const pins = seenNow(pinsOf(row), offered(await connection.tools(signal)))
      await keep(deps, row, { status: statusOf(pins), problem: null, pins })
      return { connection: forgetting(connection, open), pins }
    } catch (error) {
      if (connection) open.delete(connection)
      await connection?.close()
      signal.throwIfAborted()
      // What is ours is no fault of the server's.
      if (error instanceof McpProblem && !stopped.signal.aborted)
        await keep(deps, row, { status: error.code, problem: error.message, pins: null })
      throw error
    }
  }

  async function check(row: McpServerRow, signal = new AbortController().signal): Promise<McpServerRow> {
    if (!row.enabled || (row.transport === 'stdio' && !allowStdio))
      await keep(deps, row, { status: 'disabled', problem: row.enabled ? DISABLED : null, pins: null })
    else
      await meet(row, signal).then(
        ({ connection }) => connection.close(),
        (error) => {
          if (!(error instanceof McpProblem)) throw error
        },
      )
    return (await rows.get(store, row.workspaceId, row.id)) ?? row
  }

  return {
    allowStdio,
    signIn,
    refusalOf(url) {
      const verdict = judgeUrl(url, { allowedPrivateNetworks })
      return verdict.ok ? null : verdict.message
    },
    meet,
    check,
    async look(row) {
      const age = row.checkedAt === null ? Number.POSITIVE_INFINITY : clock.now().getTime() - row.checkedAt
      if (age < LOOKED_JUST_MS) return row
      const known = looking.get(row.id) ?? check(row).finally(() => looking.delete(row.id))
      looking.set(row.id, known)
      return known
    },
    async note({ workspaceId, id }, { code, message }) {
      const now = code === 'reauth_required' ? await rows.get(store, workspaceId, id) : null
      if (now) await keep(deps, now, { status: code, problem: message, pins: null })
    },
    list: (workspaceId) => rows.list(store, workspaceId),
    named: (workspaceId, ids) => rows.named(store, workspaceId, ids),
    async close() {
      stopped.abort(new McpProblem('unreachable', 'This server stops.'))
      await Promise.all([...open].map((it) => it.close()))
      await fetch.close()
    },
  }
}

const forgetting = (connection: Connection, open: Set<Connection>): Connection => ({
  ...connection,
  close() {
    open.delete(connection)
    return connection.close()
  },
})

const statusOf = (pins: Pin[]): McpStatus => (pins.some(isChanged) ? 'changed' : 'ready')

function offered(tools: Awaited<ReturnType<Connection['tools']>>) {
  try {
    return definitionsOf(tools)
  } catch (error) {
    throw new McpProblem('misconfigured', (error as Error).message)
  }
}

/** @throws McpProblem where it cannot be put together */
async function endpointOf(
  row: McpServerRow,
  deps: McpDeps & { signIn: SignIn; signal: AbortSignal },
): Promise<Endpoint> {
  const { name, workspaceId } = row
  if (!row.enabled) throw new McpProblem('misconfigured', `The MCP server "${name}" is switched off.`)
  if (row.transport === 'stdio' && !deps.allowStdio) throw new McpProblem('misconfigured', DISABLED)
  const open = (text: string) => openValues(deps, workspaceId, JSON.parse(text) as Confidential)
  if (row.transport === 'http') {
    const headers = await open(row.headers)
    const granted = await deps.signIn.granted(row, deps.signal)
    const confidential = granted?.confidential ?? []
    confidential.push(...Object.values(headers))
    const signedIn = granted?.provider ?? null
    return { transport: 'http', name, url: row.url ?? '', headers, signedIn, confidential }
  }
  const env = await open(row.env)
  const command = { command: row.command ?? '', args: JSON.parse(row.args) as string[], env }
  return { transport: 'stdio', name, ...command, confidential: Object.values(env) }
}

interface Look {
  status: McpStatus
  problem: string | null
  /** Null: it was not seen. */
  pins: Pin[] | null
}

/** What it says is a fact of this look: one that is older than another's is let go. */
async function keep(
  { store, clock, hint, log }: McpDeps,
  before: McpServerRow,
  { status, problem, pins }: Look,
): Promise<void> {
  const tools = pins === null ? before.tools : JSON.stringify(pins)
  const now = clock.now()
  const kept = await rows.keepLook(store, before, { status, problem, tools, checkedAt: now }, now)
  if (!kept || (before.status === status && before.tools === tools)) return
  const { workspaceId, id, name } = before
  log.info({ mcpServerId: id, status }, `The MCP server "${name}" is ${status.replace('_', ' ')}.`)
  hint([workspaceId])
}
