/**
 * The tools of a workspace's servers, as agents are given them.
 *
 * Promise: what a tool answers is text from outside, bounded in time and size, without what was given the server in
 * confidence; a server that fails is a sentence to the model.
 */
import { z } from 'zod'
import { inWords } from '../../contract/wording.ts'
import type { ToolPolicy } from '../../contract/mcp.ts'
import type { Task } from '../agent.ts'
import { schemaFault } from '../custom/schema.ts'
import { hidden } from '../hiding.ts'
import { type Tool, ToolProblem, type ToolSource, tool } from '../tools/tool.ts'
import type { CallResult } from './connection.ts'
import { isChanged, type Pin, standingOf } from './pinning.ts'
import { McpProblem } from './problem.ts'
import { mcpChecks } from './readiness.ts'
import {
  type McpServerRow,
  type McpServers,
  type Met,
  pinsOf,
  policiesOf,
  receiverOf,
  toolName,
} from './servers.ts'

interface Meeting {
  fresh: McpServers['named']
  meet(row: McpServerRow, signal: AbortSignal): Promise<Met>
  /** The connection is of no use any more. */
  lost(row: McpServerRow, problem: McpProblem): Promise<void>
}

export const mcpTools = (servers: McpServers): ToolSource => ({
  list: async (workspaceId) =>
    (await servers.list(workspaceId)).flatMap((server) =>
      toolsOf(server, { meet: servers.meet, lost: servers.note, fresh: servers.named }).map((tool) => ({
        tool,
        source: 'mcp',
        from: server,
      })),
    ),
  forRun: async ({ mcpServerIds, tools }, { workspace, onEnd }) => {
    const meeting = once(servers, onEnd)
    const wanted = new Set(tools.map((it) => it.name))
    return (await servers.named(workspace.id, mcpServerIds)).flatMap((row) => toolsOf(row, meeting, wanted))
  },
  checks: (...about) => mcpChecks(servers, ...about),
})

/** Each server is met once in a run, and left at its end; one that broke off is met anew by the next call. */
function once({ meet, note, named }: McpServers, onEnd: Task<unknown>['onEnd']): Meeting {
  const met = new Map<number, Promise<Met>>()
  return {
    fresh: named,
    meet(row, signal) {
      const known = met.get(row.id)
      if (known) return known
      const fresh = meet(row, signal)
      met.set(row.id, fresh)
      fresh.then(
        ({ connection }) => onEnd(connection.close),
        () => met.delete(row.id),
      )
      return fresh
    },
    async lost(row, problem) {
      void met.get(row.id)?.then(
        ({ connection }) => connection.close(),
        () => {},
      )
      met.delete(row.id)
      await note(row, problem)
    },
  }
}

/** `wanted`: the names of those that are asked for; else all. */
function toolsOf(row: McpServerRow, meeting: Meeting, wanted?: ReadonlySet<string>): Tool[] {
  if (!row.enabled) return []
  const policyOf = policiesOf(row)
  return (pinsOf(row) ?? []).flatMap((pin) => {
    if (wanted && !wanted.has(toolName(row, pin.name))) return []
    const policy = policyOf(pin.name)
    const { enabled = true, approval } = policy
    if (!enabled || approval === 'deny' || pin.accepted === null || isChanged(pin)) return []
    return toolOf(row, { name: pin.name, accepted: pin.accepted, policy }, meeting)
  })
}

interface Offer {
  name: string
  accepted: NonNullable<Pin['accepted']>
  policy: ToolPolicy
}

function toolOf(row: McpServerRow, { name, accepted, policy }: Offer, meeting: Meeting): Tool {
  const { effect, repeat, approval } = standingOf(accepted, policy)
  return tool({
    name: toolName(row, name),
    description: accepted.description,
    // Most are never called.
    input: z.lazy(() => inputOf(accepted.input)),
    schema: accepted.input,
    effect,
    repeat,
    approval,
    untrusted: true,
    identity: `${row.id} ${receiverOf(row)} ${accepted.sha256}`,
    says: () => `Calls ${name} of the MCP server “${row.name}”`,
    run: (input, { signal }) => call(row, { name, accepted }, input, { ...meeting, signal }),
  })
}

/** @throws ToolProblem */
async function call(
  row: McpServerRow,
  { name, accepted }: Pick<Offer, 'name' | 'accepted'>,
  input: Record<string, unknown>,
  { meet, lost, fresh, signal }: Meeting & { signal: AbortSignal },
): Promise<unknown> {
  try {
    await requireOn(row, name, fresh)
    const { connection, pins } = await meet(row, signal)
    const seen = pins.find((it) => it.name === name)?.seen
    if (seen?.sha256 !== accepted.sha256)
      throw new ToolProblem(
        `What “${row.name}” says of its tool ${name} is not what was accepted: it is off until an administrator has looked at it in the settings, under MCP servers.`,
      )
    return answerOf(await connection.call(name, input, signal), connection.hide)
  } catch (error) {
    if (!(error instanceof McpProblem)) throw error
    await lost(row, error)
    throw new ToolProblem(error.message)
  }
}

interface Named {
  serverId: number
  tool: string
}
/** A tool that may be called unasked, by whoever is no agent; or why not, in words that follow its name. */
export async function readingTool(
  servers: Pick<McpServers, 'named'>,
  workspaceId: number,
  { serverId, tool: name }: Named,
): Promise<{ row: McpServerRow; accepted: Offer['accepted'] } | { fault: string; at: keyof Named }> {
  const [row] = await servers.named(workspaceId, [serverId])
  if (!row) return { at: 'serverId', fault: `is ${serverId}, and there is no such MCP server` }
  const off = (why: string) => ({ at: 'tool' as const, fault: `is "${name}", which ${why}` })
  const pin = (pinsOf(row) ?? []).find((it) => it.name === name)
  if (!pin?.accepted) return off(`the MCP server “${row.name}” does not have`)
  const policy = policiesOf(row)(name)
  const { enabled = true } = policy
  const { effect, approval } = standingOf(pin.accepted, policy)
  if (!row.enabled || !enabled || approval === 'deny') return off('is switched off')
  if (effect !== 'read')
    return off('may change something: an administrator can say in the settings that it only reads')
  return { row, accepted: pin.accepted }
}

/** One call of a tool that only reads. @throws ToolProblem */
export async function readWith(
  servers: McpServers,
  workspaceId: number,
  { arguments: input, ...named }: Named & { arguments: Record<string, unknown> },
  signal: AbortSignal,
): Promise<unknown> {
  const found = await readingTool(servers, workspaceId, named)
  if ('fault' in found) throw new ToolProblem(`The condition's ${found.at} ${found.fault}.`)
  const ends: (() => Promise<unknown>)[] = []
  const meeting = once(servers, (end) => ends.push(end as () => Promise<unknown>))
  try {
    return await call(found.row, { name: named.tool, accepted: found.accepted }, input, {
      ...meeting,
      signal,
    })
  } finally {
    await Promise.all(ends.map((end) => end()))
  }
}

/** Switched off is off, and moved is gone, also for a run that is under way. */
async function requireOn(row: McpServerRow, tool: string, fresh: Meeting['fresh']): Promise<void> {
  const [now] = await fresh(row.workspaceId, [row.id])
  const { enabled = true, approval } = now ? policiesOf(now)(tool) : {}
  if (!now?.enabled || !enabled || approval === 'deny')
    throw new ToolProblem(`The tool ${toolName(row, tool)} was switched off meanwhile.`)
  if (receiverOf(now) !== receiverOf(row))
    throw new ToolProblem(`The MCP server “${row.name}” was moved meanwhile: this run does not follow it.`)
}

/**
 * What was asked for goes out as it was: the schema only judges, and fills in nothing. One that might keep this server
 * busy is left for its own to judge.
 */
function inputOf(schema: Record<string, unknown>): z.ZodType<Record<string, unknown>> {
  const any = z.record(z.string(), z.unknown())
  if (schemaFault(schema) !== null) return any
  const judge = z.fromJSONSchema(schema)
  return any.superRefine((given, check) => {
    for (const { path, message } of judge.safeParse(given, inWords).error?.issues ?? [])
      check.addIssue({ code: 'custom', path, message })
  })
}

const MOST_ERROR = 2000

/** @throws ToolProblem where the tool says that it failed */
function answerOf(result: CallResult, hide: (text: string) => string): unknown {
  const {
    content = [],
    structuredContent,
    isError,
    toolResult,
  } = result as Partial<{
    content: Block[]
    structuredContent: unknown
    isError: boolean
    toolResult: unknown
  }>
  const text = hide(content.map(inText).join('\n\n'))
  if (isError) throw new ToolProblem(text.slice(0, MOST_ERROR) || 'It failed, and does not say why.')
  const more = structuredContent ?? toolResult
  if (more === undefined) return text
  const structured = hidden(more, hide)
  return text === '' || sameJson(text, structured) ? structured : { text, structured }
}

type Block = { type: string } & Record<string, unknown>

function inText(block: Block): string {
  const { type, text, resource, uri, mimeType } = block
  if (type === 'text') return String(text)
  const inner = (resource ?? {}) as Record<string, unknown>
  if (type === 'resource' && typeof inner.text === 'string') return inner.text
  return `[${[type, mimeType ?? inner.mimeType, uri ?? inner.uri].filter(Boolean).join(' ')}]`
}

/** Servers send what is structured as a text, too. */
function sameJson(text: string, value: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value)
  } catch {
    return false
  }
}
