/** Whether the servers whose tools an agent has could be called now, with the remedy where they could not. */
import type { AgentConfig } from '../../contract/custom-agent.ts'
import type { ReadinessCheck } from '../../contract/readiness.ts'
import { isChanged, type Pin } from './pinning.ts'
import { type McpServerRow, type McpServers, pinsOf, policiesOf, toolName } from './servers.ts'

const WHERE = 'in the settings, under MCP servers'

/** Without one of its tools a server is of no use to an agent. */
export const hasToolOf = (
  { id, slug }: Pick<McpServerRow, 'id' | 'slug'>,
  { mcpServerIds, tools }: Pick<AgentConfig, 'mcpServerIds' | 'tools'>,
): boolean => mcpServerIds.includes(id) && tools.some(({ name }) => name.startsWith(`${slug}.`))

/** `probe`: they are asked; else it is as they were when they were asked last. */
export async function mcpChecks(
  servers: McpServers,
  workspaceId: number,
  { mcpServerIds, tools }: Pick<AgentConfig, 'mcpServerIds' | 'tools'>,
  probe: boolean,
): Promise<ReadinessCheck[]> {
  const rows = await servers.named(workspaceId, mcpServerIds)
  const used = tools.flatMap(({ name, approval }) => (approval === 'deny' ? [] : name))
  const asked = rows.filter((row) => hasToolOf(row, { mcpServerIds, tools }))
  const found = asked.map(async (row) => {
    const now = probe ? await servers.look(row) : row
    return checkOf(now, faultsOf(now, used))
  })
  const gone = (used.some((it) => it.includes('.')) ? mcpServerIds : [])
    .filter((id) => !rows.some((it) => it.id === id))
    .map((id) =>
      check(`MCP server ${id}`, {
        state: 'failing',
        code: 'missing',
        detail: `The MCP server ${id} of this agent is not there any more.`,
        remedy: 'Take its tools out of the agent, or choose others.',
      }),
    )
  return [...(await Promise.all(found)), ...gone]
}

const check = (
  name: string,
  it: Partial<ReadinessCheck> & Pick<ReadinessCheck, 'state' | 'detail'>,
): ReadinessCheck => ({
  kind: 'mcp',
  name,
  code: null,
  remedy: null,
  expiresAt: null,
  ...it,
})

/** Tools that the agent has and cannot call, each with the reason. */
function faultsOf(
  row: McpServerRow,
  used: readonly string[],
): Pick<ReadinessCheck, 'code' | 'detail' | 'remedy'>[] {
  const pins = new Map((pinsOf(row) ?? []).map((it) => [toolName(row, it.name), it]))
  const policyOf = policiesOf(row)
  return used
    .filter((it) => it.startsWith(`${row.slug}.`))
    .flatMap((name) => toolFault(row, name, pins.get(name), policyOf) ?? [])
}

function toolFault(
  row: McpServerRow,
  name: string,
  pin: Pin | undefined,
  policyOf: ReturnType<typeof policiesOf>,
) {
  if (!pin?.seen)
    return {
      code: 'missing' as const,
      detail: `“${row.name}” offers no tool ${name}.`,
      remedy: 'Take it out of the agent.',
    }
  if (isChanged(pin))
    return {
      code: 'changed' as const,
      detail: `What “${row.name}” says of its tool ${name} is not what was accepted: it is off.`,
      remedy: `An administrator looks at it and accepts it ${WHERE}.`,
    }
  const { enabled = true, approval } = policyOf(pin.name)
  return enabled && approval !== 'deny'
    ? null
    : {
        code: 'misconfigured' as const,
        detail: `The tool ${name} is switched off.`,
        remedy: `Switch it on ${WHERE}.`,
      }
}

/** In our words: what a server says of itself is text from outside, and stands in the settings only. */
function checkOf(row: McpServerRow, faults: ReturnType<typeof faultsOf>): ReadinessCheck {
  const { name, status, enabled } = row
  switch (status) {
    case 'unreachable':
      return check(name, {
        state: 'warning',
        code: 'unreachable',
        detail: `The MCP server “${name}” could not be reached.`,
      })
    case 'reauth_required':
      return check(name, {
        state: 'failing',
        code: 'reauth_required',
        detail: `The MCP server “${name}” refuses what it is signed in with.`,
        remedy: `An administrator signs in again, or enters its headers anew, ${WHERE}.`,
      })
    case 'misconfigured':
    case 'disabled':
      return check(name, {
        state: 'failing',
        code: 'misconfigured',
        detail: enabled
          ? `The MCP server “${name}” cannot be used as it is.`
          : `The MCP server “${name}” is switched off.`,
        remedy: `The reason stands ${WHERE}.`,
      })
    default: {
      const [fault] = faults
      return fault
        ? check(name, { state: 'failing', ...fault })
        : check(name, { state: 'ok', detail: `“${name}” answers.`, expiresAt: instant(row.expiresAt) })
    }
  }
}

const instant = (at: number | null) => (at === null ? null : new Date(at).toISOString())
