/** Agents that people write. Every change is a revision. */
import * as agents from '#db/queries/agents.ts'
import { unknownVariable } from '../agents/custom/prompt.ts'
import { schemaFault } from '../agents/custom/schema.ts'
import type { Models } from '../agents/custom/model-client.ts'
import { systemAgents } from '../agents/system/index.ts'
import { tools as builtin } from '../agents/tools/index.ts'
import type { By } from '../contract/by.ts'
import type {
  AgentChange,
  AgentConfig,
  CustomAgent,
  NewAgent,
  ToolInfo,
  ToolUse,
} from '../contract/custom-agent.ts'
import type { Role } from '../contract/fields.ts'
import { forbidden, notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import { z } from 'zod'
import type { FieldError } from '../triggers/index.ts'
import type { Deps } from './deps.ts'

export interface CustomDeps extends Pick<Deps, 'store' | 'clock'> {
  models: Models
}

/** Who writes an agent, and as what. */
export interface Maker extends By {
  role: Role
}

const MOST_AGENTS = 500
/** Ids and other names of what every workspace has. */
const TAKEN = new Set(systemAgents.flatMap((it) => [it.id, ...(it.aliases ?? [])]))

export async function get({ store }: CustomDeps, workspaceId: number, id: string): Promise<CustomAgent> {
  const row = await agents.get(store, workspaceId, id)
  if (!row) throw notFound('agent')
  return shown(row)
}

export async function create(
  deps: CustomDeps,
  workspaceId: number,
  { id: wanted, ...config }: NewAgent,
  by: Maker,
): Promise<CustomAgent> {
  const { store, clock } = deps
  const id = wanted ?? slugOf(config.name)
  if (id === '')
    throw unacceptable([
      { path: 'id', message: 'is needed: the name has no letter or digit of which it could be made' },
    ])
  await requireSound(deps, workspaceId, config)
  requireRightToAllow(config.tools, [], by)
  if ((await agents.list(store, workspaceId)).length >= MOST_AGENTS)
    throw unacceptable([
      { path: 'name', message: `cannot be kept: a workspace has at most ${MOST_AGENTS} agents` },
    ])
  const now = clock.now()
  const revision = (await agents.newestRevision(store, workspaceId, id)) + 1
  const it = { workspaceId, id, revision, config: JSON.stringify(config), by: by.id, now }
  if (TAKEN.has(id) || !(await agents.write(store, 'made', it)))
    throw new ProblemError(409, `There is an agent "${id}" already. Choose another name, or send an id.`)
  return get(deps, workspaceId, id)
}

export async function change(
  deps: CustomDeps,
  workspaceId: number,
  id: string,
  { revision: seen, ...given }: AgentChange,
  by: Maker,
): Promise<CustomAgent> {
  const { store, clock } = deps
  const before = await agents.get(store, workspaceId, id)
  if (!before) throw notFound('agent')
  if (seen !== undefined && seen !== before.revision) throw outdated(before)
  const named = Object.entries(given).filter(([, value]) => value !== undefined)
  const old = JSON.parse(before.config) as AgentConfig
  const config = { ...old, ...Object.fromEntries(named) }
  await requireSound(deps, workspaceId, config)
  requireRightToAllow(config.tools, old.tools, by)
  if (JSON.stringify(config) === before.config) return shown(before)
  const it = { workspaceId, id, revision: before.revision + 1, config: JSON.stringify(config), by: by.id }
  if (!(await agents.write(store, 'edited', { ...it, now: clock.now() })))
    throw outdated((await agents.get(store, workspaceId, id)) ?? before)
  return get(deps, workspaceId, id)
}

export async function remove({ store }: CustomDeps, workspaceId: number, id: string, _by: By): Promise<void> {
  const users = await agents.usersOf(store, workspaceId, id)
  if (users.length > 0)
    throw new ProblemError(
      409,
      `The agent is used by ${users.map((it) => `“${it.name}” (${it.id})`).join(', ')}. Give them another agent, or delete them, first.`,
    )
  if (!(await agents.remove(store, workspaceId, id))) throw notFound('agent')
}

/** What an agent can be given. */
export const tools = async (_deps: CustomDeps, _workspaceId: number): Promise<ToolInfo[]> =>
  builtin.map(({ name, description, effect, repeat, untrusted, input, asks, alwaysAsks = false }) => ({
    name,
    source: 'builtin',
    description,
    effect,
    repeat,
    untrusted,
    approval: effect === 'read' && !asks ? 'allow' : 'ask',
    alwaysAsks: alwaysAsks || asks !== undefined,
    input: z.toJSONSchema(input, { io: 'input' }) as Record<string, unknown>,
  }))

async function requireSound(deps: CustomDeps, workspaceId: number, config: AgentConfig): Promise<void> {
  const errors: FieldError[] = []
  const fault = unknownVariable(config)
  if (fault) errors.push({ path: 'instructions', message: fault })
  for (const [n, { name }] of config.tools.entries())
    if (!builtin.some((it) => it.name === name))
      errors.push({
        path: `tools.${n}.name`,
        message: `is "${name}", which is no tool. There are ${builtin.map((it) => it.name).join(', ')}`,
      })
  errors.push(...schemaFaults(config))
  if (config.model) errors.push(...(await modelFaults(deps, workspaceId, config.model)))
  if (errors.length > 0) throw unacceptable(errors)
}

/** What leaves the installation unasked is for administrators to allow; what they allowed stays allowed. */
function requireRightToAllow(wanted: ToolUse[], before: ToolUse[], { role }: Maker): void {
  if (role === 'admin') return
  const leaves = (name: string) => builtin.some((it) => it.name === name && it.effect === 'outside')
  const allows = ({ name, approval, allowTainted }: ToolUse) =>
    (approval === 'allow' && leaves(name)) || allowTainted === true
  const same = (a: ToolUse, b: ToolUse) =>
    a.name === b.name && a.approval === b.approval && a.allowTainted === b.allowTainted
  const more = wanted.find((it) => allows(it) && !before.some((one) => same(it, one)))
  if (more)
    throw forbidden(
      `To let "${more.name}" leave the installation unasked takes the role "admin" in this workspace; yours is "${role}". Have it ask instead.`,
    )
}

function schemaFaults({ input, output }: AgentConfig): FieldError[] {
  const given = { input, ...(output && { output }) }
  return Object.entries(given).flatMap(([path, schema]) => {
    const fault = schemaFault(schema)
    return fault ? [{ path, message: fault }] : []
  })
}

async function modelFaults(
  { models }: CustomDeps,
  workspaceId: number,
  wanted: NonNullable<AgentConfig['model']>,
): Promise<FieldError[]> {
  try {
    await models.find(workspaceId, wanted)
    return []
  } catch (error) {
    return [{ path: 'model.providerId', message: (error as Error).message }]
  }
}

const outdated = ({ revision, updatedAt }: agents.AgentRow) =>
  new ProblemError(
    409,
    `The agent was changed meanwhile: it is at revision ${revision}, of ${new Date(updatedAt).toISOString()}. Read it again, then save.`,
  )

const shown = ({ id, revision, config, createdBy, createdAt, updatedAt }: agents.AgentRow): CustomAgent => ({
  id,
  agentType: 'custom',
  revision,
  ...(JSON.parse(config) as AgentConfig),
  createdBy,
  createdAt: new Date(createdAt).toISOString(),
  updatedAt: new Date(updatedAt).toISOString(),
})

const slugOf = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '')
