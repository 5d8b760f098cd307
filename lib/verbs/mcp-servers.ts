/** Servers of tools: entered by administrators, looked at when they are saved, their tools accepted one by one. */
import * as agents from '#db/queries/agents.ts'
import { forget as forgetGrants } from '#db/queries/grants.ts'
import * as rows from '#db/queries/mcp-servers.ts'
import { type Confidential, sealValues } from '../agents/mcp/confidence.ts'
import { hasToolOf } from '../agents/mcp/readiness.ts'
import { accept as acceptPins, isChanged, type Pin, standingOf } from '../agents/mcp/pinning.ts'
import { McpProblem } from '../agents/mcp/problem.ts'
import { type McpServers, pinsOf, policiesOf, receiverOf, toolName } from '../agents/mcp/servers.ts'
import { type Box, MASK, masked } from '../agents/sealed.ts'
import { isRef, type Secrets } from '../agents/secrets.ts'
import type { By } from '../contract/by.ts'
import { readConfig } from '../contract/custom-agent.ts'
import { slugOf } from '../contract/fields.ts'
import {
  type AcceptTools,
  type Authorized,
  type McpServer,
  type McpServerChange,
  type McpStatus,
  type McpTool,
  type NewMcpServer,
  type ToolPolicy,
  transportFaults,
} from '../contract/mcp.ts'
import { forbidden, notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import type { FieldError } from '../triggers/index.ts'
import type { Deps } from './deps.ts'

export interface McpDeps extends Pick<Deps, 'store' | 'clock' | 'hint'> {
  mcp: McpServers
  secrets: Secrets
  box: Box
}
type Row = rows.McpServerRow

const MOST = 50
const LONGEST_SLUG = 24
const OF_SKILLS = 'skill'

export async function list(deps: McpDeps, workspaceId: number): Promise<McpServer[]> {
  const [found, users] = await Promise.all([rows.list(deps.store, workspaceId), usersIn(deps, workspaceId)])
  return found.map((it) => shown(it, users))
}

export async function get(deps: McpDeps, workspaceId: number, id: number): Promise<McpServer> {
  return shown(await own(deps, workspaceId, id), await usersIn(deps, workspaceId))
}

/** It is looked at before it is answered: a server that cannot be reached is kept, and says so. */
export async function add(
  deps: McpDeps,
  workspaceId: number,
  given: NewMcpServer,
  by: By,
): Promise<McpServer> {
  const { store, clock, mcp } = deps
  requireTransport(deps, given.transport)
  const slug = slugOf(given.name, LONGEST_SLUG)
  if (slug === '')
    throw unacceptable([
      { path: 'name', message: 'has no letter or digit of which its tools could be named' },
    ])
  if (slug === OF_SKILLS)
    throw unacceptable([
      { path: 'name', message: `would name its tools "${slug}.…", as those of skills are. Choose another` },
    ])
  const values = await valuesOf(deps, workspaceId, given, null)
  const fresh = { tools: null, status: 'unreachable', problem: null, checkedAt: null, grantedAccess: null }
  const made = await rows.add(
    store,
    { workspaceId, slug, ...values, ...fresh, expiresAt: null, createdBy: by.id },
    { now: clock.now(), most: MOST },
  )
  if (!made) throw isNotAdded(slug, await rows.list(store, workspaceId))
  return shown(await mcp.check(made), new Map())
}

const isNotAdded = (slug: string, all: readonly Row[]): ProblemError =>
  all.some((it) => it.slug === slug)
    ? new ProblemError(
        409,
        `There is an MCP server whose tools are named "${slug}.…" already. Choose another name.`,
      )
    : unacceptable([{ path: 'name', message: `cannot be kept: a workspace has at most ${MOST} MCP servers` }])

export async function change(
  deps: McpDeps,
  workspaceId: number,
  id: number,
  given: McpServerChange,
  _by: By,
): Promise<McpServer> {
  const before = await own(deps, workspaceId, id)
  const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const next = { ...whole(before), ...named } as NewMcpServer
  requireTransport(deps, next.transport)
  const values = await valuesOf(deps, workspaceId, next, before)
  const moved = !sameReceiver(before, next)
  const anew = moved && { grantedAccess: null, expiresAt: null }
  const changed = await rows.change(deps.store, before, { ...values, ...anew }, deps.clock.now())
  if (!changed) throw notFound('MCP server')
  // What was remembered was remembered of the tools of another.
  if (moved) await forgetGrants(deps.store, workspaceId, toolsOf(before))
  else await forgetGrants(deps.store, workspaceId, takenOtherwise(before, changed))
  // What calls are taken for is no matter of the server's.
  const isAsked = REACH.some((it) => named[it] !== undefined)
  return shown(isAsked ? await deps.mcp.check(changed) : changed, await usersIn(deps, workspaceId))
}

export async function remove(deps: McpDeps, workspaceId: number, id: number, _by: By): Promise<void> {
  const before = await own(deps, workspaceId, id)
  const users = (await usersIn(deps, workspaceId)).get(id) ?? []
  if (users.length > 0)
    throw new ProblemError(
      409,
      `The MCP server is used by the agents ${users.map((it) => `“${it.name}” (${it.id})`).join(', ')}. Take its tools out of them first.`,
    )
  if (!(await rows.remove(deps.store, workspaceId, id))) throw notFound('MCP server')
  await forgetGrants(deps.store, workspaceId, toolsOf(before))
}

/** Whatever else it is asked by. */
const REACH = ['transport', 'url', 'headers', 'command', 'args', 'env', 'enabled'] as const
/** Tools whose calls are taken for something else than before. */
function takenOtherwise(before: Row, now: Row): string[] {
  const [policyBefore, policyNow] = [policiesOf(before), policiesOf(now)]
  return (pinsOf(before) ?? []).flatMap(({ name, accepted }) => {
    const effectBy = (policyOf: typeof policyNow) => accepted && standingOf(accepted, policyOf(name)).effect
    return effectBy(policyBefore) === effectBy(policyNow) ? [] : toolName(before, name)
  })
}
const toolsOf = (row: Row) => (pinsOf(row) ?? []).map((it) => toolName(row, it.name))

/** Connects to it, and looks what it offers now. */
export async function check(deps: McpDeps, workspaceId: number, id: number, _by: By): Promise<McpServer> {
  const looked = await deps.mcp.check(await own(deps, workspaceId, id))
  return shown(looked, await usersIn(deps, workspaceId))
}

/** From now on the tools hold as they were seen last. */
export async function accept(
  deps: McpDeps,
  workspaceId: number,
  id: number,
  wanted: AcceptTools['tools'],
  _by: By,
): Promise<McpServer> {
  const { store, clock, hint } = deps
  const before = await own(deps, workspaceId, id)
  const pins = pinsOf(before) ?? []
  const looked = wanted.map((it) => (typeof it === 'string' ? { name: it, sha256: null } : it))
  const names = looked.map((it) => it.name)
  const unknown = names.filter((name) => !pins.some((it) => it.name === name))
  if (unknown.length > 0)
    throw unacceptable([
      {
        path: 'tools',
        message: `names ${unknown.join(', ')}: this server offers ${pins.map((it) => it.name).join(', ') || 'none'}`,
      },
    ])
  const other = looked.find(({ name, sha256 }) => sha256 !== null && sha256 !== hashNow(pins, name))
  if (other)
    throw new ProblemError(
      409,
      `What the server says of ${other.name} is not what you have looked at any more. Look at it again.`,
    )
  const next = acceptPins(pins, names)
  const status: McpStatus =
    before.status === 'changed' && !next.some(isChanged) ? 'ready' : (before.status as McpStatus)
  const { problem, checkedAt } = before
  const found = { status, problem, tools: JSON.stringify(next), checkedAt }
  if (!(await rows.keepLook(store, before, found, clock.now())))
    throw new ProblemError(409, 'What the server offers was looked at anew meanwhile. Read it again.')
  await forgetGrants(
    store,
    workspaceId,
    names.map((it) => toolName(before, it)),
  )
  hint([workspaceId])
  return get(deps, workspaceId, id)
}

const hashNow = (pins: readonly Pin[], name: string): string | undefined => {
  const pin = pins.find((it) => it.name === name)
  return (pin?.seen ?? pin?.accepted)?.sha256
}

/** Where a person signs in to it; `redirectUrl`: where they come back to. */
export async function authorize(
  deps: McpDeps,
  workspaceId: number,
  id: number,
  redirectUrl: string,
  by: By,
): Promise<{ url: string }> {
  const row = await own(deps, workspaceId, id)
  if (row.transport !== 'http')
    throw unacceptable([{ path: 'transport', message: 'is "stdio", to which nobody signs in' }])
  return { url: await inWords(() => deps.mcp.signIn.begin(row, { redirectUrl, by: by.id })) }
}

/** They have agreed, and are back. */
export async function authorized(
  deps: McpDeps,
  workspaceId: number,
  id: number,
  { iss, ...given }: Authorized,
  by: By,
): Promise<McpServer> {
  const row = await own(deps, workspaceId, id)
  const issuer = iss !== undefined && { issuer: iss }
  await inWords(() => deps.mcp.signIn.finish(row, { ...given, ...issuer, by: by.id }))
  return check(deps, workspaceId, id, by)
}

/** What the server at the other end did wrong is no fault of ours. */
async function inWords<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof McpProblem ? new ProblemError(409, error.message) : error
  }
}

async function own({ store }: McpDeps, workspaceId: number, id: number): Promise<Row> {
  const row = await rows.get(store, workspaceId, id)
  if (!row) throw notFound('MCP server')
  return row
}

function requireTransport({ mcp }: McpDeps, transport: NewMcpServer['transport']): void {
  if (transport === 'stdio' && !mcp.allowStdio)
    throw forbidden(
      'Servers that run a command on this machine are switched off: whoever runs it sets ALLOW_MCP_STDIO=true.',
    )
}

const parsed = <Value>(text: string) => JSON.parse(text) as Value
/** As it would be sent to have it as it is. */
const whole = (row: Row): NewMcpServer => ({
  name: row.name,
  transport: row.transport as NewMcpServer['transport'],
  url: row.url,
  headers: masked(parsed<Confidential>(row.headers)),
  command: row.command,
  args: parsed(row.args),
  env: masked(parsed<Confidential>(row.env)),
  toolPolicy: parsed(row.toolPolicy),
  enabled: row.enabled,
})

async function valuesOf(deps: McpDeps, workspaceId: number, given: NewMcpServer, before: Row | null) {
  const errors: FieldError[] = transportFaults(given)
  const refusal = given.url ? deps.mcp.refusalOf(given.url) : null
  if (refusal !== null) errors.push({ path: 'url', message: refusal })
  const [headers, env] = (['headers', 'env'] as const).map((field) =>
    confided(deps, workspaceId, field, { given, before, errors }),
  ) as [Confidential, Confidential]
  errors.push(...(await missingSecrets(deps, workspaceId, { headers, env })))
  if (errors.length > 0) throw unacceptable(errors)
  return {
    name: given.name,
    transport: given.transport,
    url: given.url,
    command: given.command,
    enabled: given.enabled,
    headers: JSON.stringify(headers),
    env: JSON.stringify(env),
    args: JSON.stringify(given.args),
    toolPolicy: JSON.stringify(given.toolPolicy),
  }
}

/** What was entered for one place goes to no other. */
function confided(
  { box }: McpDeps,
  workspaceId: number,
  field: 'headers' | 'env',
  { given, before, errors }: { given: NewMcpServer; before: Row | null; errors: FieldError[] },
): Confidential {
  const wanted = given[field]
  if (before && Object.values(wanted).includes(MASK) && !sameReceiver(before, given))
    errors.push({ path: field, message: 'are needed again: they were entered for another place' })
  const known = before ? parsed<Confidential>(before[field]) : {}
  const { kept, faults } = sealValues(box, workspaceId, wanted, known)
  errors.push(...faults.map(({ name, message }) => ({ path: `${field}.${name}`, message })))
  return kept
}

const sameReceiver = (before: Row, given: NewMcpServer): boolean =>
  receiverOf(before) === receiverOf({ ...given, args: JSON.stringify(given.args) })

async function missingSecrets(
  { secrets }: McpDeps,
  workspaceId: number,
  fields: Record<'headers' | 'env', Confidential>,
): Promise<FieldError[]> {
  const named = Object.entries(fields).flatMap(([field, values]) =>
    Object.entries(values).flatMap(([name, it]) =>
      isRef(it) ? [{ path: `${field}.${name}`, secret: it.secret }] : [],
    ),
  )
  const known = await secrets.open(
    workspaceId,
    named.map((it) => it.secret),
  )
  return named
    .filter((it) => typeof known.get(it.secret) !== 'string')
    .map(({ path, secret }) => ({
      path,
      message: `names the secret ${secret}, which is not there: enter it first`,
    }))
}

type Users = Map<number, { id: string; name: string }[]>

/** Agents, by the servers whose tools they have. */
async function usersIn({ store }: McpDeps, workspaceId: number): Promise<Users> {
  const [servers, written] = await Promise.all([
    rows.list(store, workspaceId),
    agents.list(store, workspaceId),
  ])
  const all = written.map(({ id, config }) => ({ id, ...readConfig(config) }))
  return new Map(
    servers.map((server) => [
      server.id,
      all.filter((it) => hasToolOf(server, it)).map(({ id, name }) => ({ id, name })),
    ]),
  )
}

const instant = (at: number) => new Date(at).toISOString()

function shown(row: Row, users: Users): McpServer {
  const policyOf = policiesOf(row)
  return {
    id: row.id,
    slug: row.slug,
    ...(whole(row) as ReturnType<typeof whole> & Pick<McpServer, 'headers' | 'env'>),
    status: row.status as McpStatus,
    problem: row.problem,
    checkedAt: row.checkedAt === null ? null : instant(row.checkedAt),
    expiresAt: row.expiresAt === null ? null : instant(row.expiresAt),
    tools: (pinsOf(row) ?? []).map((it) => shownTool(it, policyOf(it.name))),
    usedBy: users.get(row.id) ?? [],
    createdAt: instant(row.createdAt),
    updatedAt: instant(row.updatedAt),
  }
}

function shownTool(pin: Pin, policy: ToolPolicy): McpTool {
  const { name, accepted, seen } = pin
  const now = seen ?? accepted
  if (!now) throw new Error(`The tool ${name} was neither accepted nor seen.`)
  const { description, input, sha256 } = now
  return {
    name,
    description,
    input,
    sha256,
    ...standingOf(now, policy),
    enabled: policy.enabled ?? true,
    changed: isChanged(pin),
    gone: seen === null,
    accepted:
      isChanged(pin) && accepted ? { description: accepted.description, input: accepted.input } : null,
  }
}
