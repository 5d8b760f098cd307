/** Agents that people write. Every change is a revision. */
import * as agents from '#db/queries/agents.ts'
import * as mcpServers from '#db/queries/mcp-servers.ts'
import * as revisions from '#db/queries/revisions.ts'
import * as skills from '#db/queries/skills.ts'
import { unknownVariable } from '../agents/custom/prompt.ts'
import { schemaFault } from '../agents/custom/schema.ts'
import type { Models } from '../agents/custom/model-client.ts'
import { systemAgents } from '../agents/system/index.ts'
import type { Api, BodyOf } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import {
  type AgentChange,
  type AgentConfig,
  type CustomAgent,
  type NewAgent,
  readConfig,
  type ToolInfo,
  type ToolUse,
} from '../contract/custom-agent.ts'
import { type Role, slugOf } from '../contract/fields.ts'
import { changedMeanwhile, forbidden, notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import { z } from 'zod'
import type { FieldError } from '../triggers/index.ts'
import type { Deps } from './deps.ts'
import { type Givable, givable } from './givable.ts'
import { removeUnnamed } from './naming.ts'

export interface CustomDeps extends Pick<Deps, 'store' | 'clock' | 'sources' | 'hint'> {
  models: Models
}

/** Who writes an agent, and as what. */
export interface Maker extends By {
  role: Role
}

const MOST_AGENTS = 500
/** Ids and other names of what every workspace has. */
const TAKEN = new Set(systemAgents.flatMap((it) => [it.id, ...(it.aliases ?? [])]))
/** An agent of such an id could not be reached: its address is that of something else. */
const ADDRESSES = new Set(['new', 'preview'])

export async function get({ store }: CustomDeps, workspaceId: number, id: string): Promise<CustomAgent> {
  const row = await agents.get(store, workspaceId, id)
  if (!row) throw notFound('agent')
  return shown(row)
}

export async function create(
  deps: CustomDeps,
  workspaceId: number,
  { key, id: wanted = key, ...config }: NewAgent,
  by: Maker,
): Promise<CustomAgent> {
  const { store, clock } = deps
  const id = wanted ?? slugOf(config.name)
  if (id === '')
    throw unacceptable([
      { path: 'id', message: 'is needed: the name has no letter or digit of which it could be made' },
    ])
  if (ADDRESSES.has(id))
    throw unacceptable([
      {
        path: wanted === undefined ? 'name' : 'id',
        message: `would make the id "${id}", whose address is taken. Choose another name, or send an id`,
      },
    ])
  const there = await requireSound(deps, workspaceId, config, null)
  requireRightToAllow(there, { wanted: config.tools, before: [] }, by)
  if ((await agents.list(store, workspaceId)).length >= MOST_AGENTS)
    throw unacceptable([
      { path: 'name', message: `cannot be kept: a workspace has at most ${MOST_AGENTS} agents` },
    ])
  const now = clock.now()
  const revision = (await agents.newestRevision(store, workspaceId, id)) + 1
  const it = { workspaceId, id, revision, config: JSON.stringify(config), by: by.id, now }
  if (TAKEN.has(id) || !(await agents.write(store, 'made', it)))
    throw new ProblemError(409, `There is an agent "${id}" already. Choose another name, or send an id.`)
  deps.hint([workspaceId])
  return get(deps, workspaceId, id)
}

export async function change(
  deps: CustomDeps,
  workspaceId: number,
  id: string,
  { key, revision: seen, ...given }: AgentChange,
  by: Maker,
): Promise<CustomAgent> {
  if (key !== undefined && key !== id)
    throw unacceptable([
      { path: 'key', message: `is "${key}": the key of an agent is its id, "${id}", and stays` },
    ])
  const { store, clock } = deps
  const before = await agents.get(store, workspaceId, id)
  if (!before) throw notFound('agent')
  if (seen !== undefined && seen !== before.revision) throw await outdated(deps, before)
  const named = Object.entries(given).filter(([, value]) => value !== undefined)
  const old = readConfig(before.config)
  const config = { ...old, ...Object.fromEntries(named) }
  const there = await requireSound(deps, workspaceId, config, old)
  requireRightToAllow(there, { wanted: config.tools, before: old.tools }, by)
  if (JSON.stringify(config) === before.config) return shown(before)
  const it = { workspaceId, id, revision: before.revision + 1, config: JSON.stringify(config), by: by.id }
  if (!(await agents.write(store, 'edited', { ...it, now: clock.now() })))
    throw await outdated(deps, (await agents.get(store, workspaceId, id)) ?? before)
  deps.hint([workspaceId])
  return get(deps, workspaceId, id)
}

/**
 * Sets it to what a revision had, as a new one.
 * @throws ProblemError 409 where `revision` is no longer the state
 */
export async function restoreRevision(
  deps: CustomDeps,
  workspaceId: number,
  id: string,
  n: number,
  { revision }: BodyOf<Api['restoreAgentRevision']>,
  by: Maker,
): Promise<CustomAgent> {
  await get(deps, workspaceId, id)
  const [kept] = await revisions.ofAgent(deps.store, { workspaceId, id }, { upTo: n, limit: 1 })
  if (kept?.revision !== n) throw notFound('revision')
  return change(deps, workspaceId, id, { ...readConfig(kept.config), revision }, by)
}

export async function remove(
  { store, clock, hint }: CustomDeps,
  workspaceId: number,
  id: string,
  _by: By,
): Promise<void> {
  async function requireUnnamed() {
    const users = await agents.usersOf(store, workspaceId, id)
    if (users.length > 0)
      throw new ProblemError(
        409,
        `The agent is used by ${users.map((it) => `“${it.name}” (${it.id})`).join(', ')}. Give them another agent, or delete them, first.`,
      )
    if (!(await agents.get(store, workspaceId, id))) throw notFound('agent')
  }
  await removeUnnamed({ store }, workspaceId, requireUnnamed, (edits) =>
    agents.remove(store, workspaceId, id, { edits, now: clock.now() }),
  )
  hint([workspaceId])
}

/** What an agent can be given. */
export async function tools(deps: CustomDeps, workspaceId: number): Promise<ToolInfo[]> {
  return (await givable(deps, workspaceId)).map(({ tool: it, source, from }) => ({
    name: it.name,
    source,
    server: source === 'mcp' ? from && { id: from.id, name: from.name } : null,
    skill: source === 'skill' ? from : null,
    description: it.description,
    effect: it.effect,
    repeat: it.repeat,
    untrusted: it.untrusted,
    approval: it.approval ?? (it.effect === 'read' && !it.asks ? 'allow' : 'ask'),
    alwaysAsks: it.asks !== undefined,
    input: it.schema ?? (z.toJSONSchema(it.input, { io: 'input' }) as Record<string, unknown>),
  }))
}

async function requireSound(
  deps: CustomDeps,
  workspaceId: number,
  config: AgentConfig,
  before: AgentConfig | null,
): Promise<Givable[]> {
  const there = await givable(deps, workspaceId)
  const errors: FieldError[] = []
  const fault = unknownVariable(config)
  if (fault) errors.push({ path: 'instructions', message: fault })
  errors.push(...(await idFaults(deps, workspaceId, config, before)), ...toolFaults(config, before, there))
  errors.push(...schemaFaults(config))
  if (config.model) errors.push(...(await modelFaults(deps, workspaceId, config.model)))
  if (errors.length > 0) throw unacceptable(errors)
  return there
}

const IDS = { builtin: 'mcpServerIds', mcp: 'mcpServerIds', skill: 'skillIds' } as const
const WHAT = { builtin: 'product', mcp: 'MCP server', skill: 'skill' } as const

/** What it has already it may keep: a server that is away now must not keep its instructions from being mended. */
function toolFaults(config: AgentConfig, before: AgentConfig | null, there: Givable[]): FieldError[] {
  const faultOf = ({ name }: ToolUse): string | null => {
    const found = there.find((it) => it.tool.name === name)
    if (found?.from && !config[IDS[found.source]].includes(found.from.id))
      return `is a tool of the ${WHAT[found.source]} “${found.from.name}”: add its id, ${found.from.id}, to ${IDS[found.source]}`
    if (found || before?.tools.some((it) => it.name === name)) return null
    if (name.startsWith('skill.'))
      return `is "${name}", which is no skill of this workspace that was accepted as it is now`
    if (name.includes('.'))
      return `is "${name}", which no MCP server of this workspace offers now: it is not there, switched off, or another than was accepted`
    return `is "${name}", which is no tool. There are ${there.map((it) => it.tool.name).join(', ')}`
  }
  return config.tools.flatMap((it, n) => {
    const message = faultOf(it)
    return message === null ? [] : [{ path: `tools.${n}.name`, message }]
  })
}

async function idFaults(
  { store }: CustomDeps,
  workspaceId: number,
  config: AgentConfig,
  before: AgentConfig | null,
): Promise<FieldError[]> {
  const [servers, known] = await Promise.all([
    mcpServers.named(store, workspaceId, config.mcpServerIds),
    skills.named(store, workspaceId, config.skillIds),
  ])
  const faultsIn = (field: 'mcpServerIds' | 'skillIds', there: { id: number }[], what: string) =>
    config[field].flatMap((id, n) =>
      there.some((it) => it.id === id) || before?.[field].includes(id)
        ? []
        : [{ path: `${field}.${n}`, message: `is ${id}, which is no ${what} of this workspace` }],
    )
  return [...faultsIn('mcpServerIds', servers, WHAT.mcp), ...faultsIn('skillIds', known, WHAT.skill)]
}

/** What leaves the installation unasked is for administrators to allow; what they allowed stays allowed. */
function requireRightToAllow(
  there: Givable[],
  { wanted, before }: Record<'wanted' | 'before', ToolUse[]>,
  { role }: Maker,
): void {
  if (role === 'admin') return
  // Of one that is off nobody knows what it will do when it is on again.
  const leaves = (name: string) =>
    (there.find(({ tool }) => tool.name === name)?.tool.effect ?? 'outside') === 'outside'
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

async function outdated(
  { store }: Pick<CustomDeps, 'store'>,
  { workspaceId, id, revision, updatedAt }: agents.AgentRow,
): Promise<ProblemError> {
  const [newest] = await revisions.ofAgent(store, { workspaceId, id }, { upTo: revision, limit: 1 })
  return changedMeanwhile({ what: 'this agent', by: newest?.name ?? null, at: updatedAt, revision })
}

const shown = ({ id, revision, config, createdBy, createdAt, updatedAt }: agents.AgentRow): CustomAgent => ({
  id,
  key: id,
  agentType: 'custom',
  revision,
  ...readConfig(config),
  createdBy,
  createdAt: new Date(createdAt).toISOString(),
  updatedAt: new Date(updatedAt).toISOString(),
})
