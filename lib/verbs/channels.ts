/** Channels and rules: where people elsewhere are told, and what. */
import { randomBytes } from 'node:crypto'
import * as rows from '#db/queries/channels.ts'
import { listOf, wordsIn } from '#db/queries/owing.ts'
import * as triggers from '#db/queries/triggers.ts'
import { MASK } from '../agents/sealed.ts'
import type { By } from '../contract/by.ts'
import type {
  Channel,
  ChannelChange,
  ChannelKindName,
  ChannelTest,
  NewChannel,
  NewRule,
  QuietHours,
  Rule,
  RuleChange,
  Tellable,
} from '../contract/delivery.ts'
import { notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import type { Deliveries } from '../delivery/index.ts'
import { type ChannelConfigs, movedIn } from './channel-config.ts'
import type { Deps } from './deps.ts'
import { keyed, madeAs, renamed, requireFree } from './keys.ts'

export interface ChannelDeps extends Pick<Deps, 'store' | 'clock'> {
  channelConfigs: ChannelConfigs
  deliveries: Pick<Deliveries, 'soon' | 'test'>
}

type Config = Record<string, unknown>

const MOST_CHANNELS = 50
const MOST_OWN = 20
const MOST_RULES = 200

export async function list(deps: ChannelDeps, owner: rows.Owner): Promise<Channel[]> {
  const [found, rules] = await Promise.all([rows.list(deps.store, owner), rulesFor(deps, owner)])
  return shownAll(deps, owner, found, rules)
}

export async function get(deps: ChannelDeps, owner: rows.Owner, id: number): Promise<Channel> {
  return shownOne(deps, owner, await there(deps, owner, id), await rulesFor(deps, owner))
}

const keysOf = (workspaceId: number) => ({
  ...{ workspaceId, kind: 'channel' as const },
  nameOf: ({ name }: { name: string }) => name,
})
/** What is a person's own stands in no document of a workspace. */
function shownAll(
  deps: ChannelDeps,
  owner: rows.Owner,
  found: rows.ChannelRow[],
  rules: rows.RuleRow[],
): Promise<Channel[]> | Channel[] {
  const bare = found.map((it) => shown(deps, it, rules))
  return typeof owner === 'number'
    ? keyed(deps, keysOf(owner), bare)
    : bare.map((it) => ({ ...it, key: null }))
}
async function shownOne(
  deps: ChannelDeps,
  owner: rows.Owner,
  row: rows.ChannelRow,
  rules: rows.RuleRow[],
): Promise<Channel> {
  const [it] = await shownAll(deps, owner, [row], rules)
  return it as Channel
}
function scopeOf(owner: rows.Owner, key: string | undefined): ReturnType<typeof keysOf> {
  if (typeof owner === 'number') return keysOf(owner)
  if (key !== undefined)
    throw unacceptable([
      { path: 'key', message: 'is for channels of a workspace: your own stand in no export' },
    ])
  return keysOf(0)
}

const rulesFor = ({ store }: ChannelDeps, owner: rows.Owner) =>
  typeof owner === 'number' ? rows.rules(store, owner) : rows.rulesFor(store, owner.person)

export async function add(
  deps: ChannelDeps,
  owner: rows.Owner,
  { key, ...given }: NewChannel,
  by: By,
): Promise<{ channel: Channel; secret?: string }> {
  const make = () => addOne(deps, owner, given, by)
  const { row, secret } = await madeAs(deps, scopeOf(owner, key), key, make)
  return { channel: await shownOne(deps, owner, row, []), ...(secret !== null && { secret }) }
}

async function addOne(
  deps: ChannelDeps,
  owner: rows.Owner,
  { config: given, quietHours, ...values }: Omit<NewChannel, 'key'>,
  by: By,
): Promise<{ id: number; row: rows.ChannelRow; secret: string | null }> {
  const [who, most] = typeof owner === 'number' ? ['a workspace', MOST_CHANNELS] : ['a person', MOST_OWN]
  const { whole, made } = withSecret(values.kind, given, null)
  const config = await deps.channelConfigs.seal(owner, values.kind, whole, null)
  const kept = { config: JSON.stringify(config), quietHours: quietHours && JSON.stringify(quietHours) }
  const row = await rows.add(
    deps.store,
    { ...rows.columnsOf(owner), ...values, ...kept, problem: null, createdBy: by.id },
    { now: deps.clock.now(), most },
  )
  if (!row)
    throw unacceptable([{ path: 'name', message: `cannot be kept: ${who} has at most ${most} channels` }])
  return { id: row.id, row, secret: made }
}

/** Where no secret of a webhook is given: the one that is there, or a new one for another receiver. */
function withSecret(
  kind: string,
  given: Config,
  before: Config | null,
): { whole: Config; made: string | null } {
  if (kind !== 'webhook' || given.secret !== undefined) return { whole: given, made: null }
  if (before && !movedIn(given, before)) return { whole: { ...given, secret: MASK }, made: null }
  const made = newSecret()
  return { whole: { ...given, secret: made }, made }
}
const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`

export async function change(
  deps: ChannelDeps,
  owner: rows.Owner,
  id: number,
  { key, config: given, quietHours, ...values }: ChannelChange,
  _by: By,
): Promise<{ channel: Channel; secret?: string }> {
  const scope = scopeOf(owner, key)
  await requireFree(deps, scope, id, key)
  const before = await there(deps, owner, id)
  const kind = before.kind as ChannelKindName
  const kept = JSON.parse(before.config) as Config
  const { whole, made } = given ? withSecret(kind, given, kept) : { whole: undefined, made: null }
  const config = whole && (await deps.channelConfigs.seal(owner, kind, whole, kept))
  const named = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
  const changed = await rows.change(
    deps.store,
    before,
    {
      ...named,
      ...(config && { config: JSON.stringify(config) }),
      ...(quietHours !== undefined && { quietHours: quietHours && JSON.stringify(quietHours) }),
      // Who switches it on again has seen why it was off.
      ...(values.enabled === true && { problem: null }),
    },
    deps.clock.now(),
  )
  if (!changed) throw notFound('channel')
  const channel = await shownOne(deps, owner, changed, await rulesFor(deps, owner))
  return { channel: await renamed(deps, scope, channel, key), ...(made !== null && { secret: made }) }
}

export async function remove({ store }: ChannelDeps, owner: rows.Owner, id: number, _by: By): Promise<void> {
  if (!(await rows.remove(store, owner, id))) throw notFound('channel')
}

/** Sends a message that says what it is, at once. */
export async function test(deps: ChannelDeps, owner: rows.Owner, id: number): Promise<ChannelTest> {
  return deps.deliveries.test(await there(deps, owner, id))
}

async function there({ store }: ChannelDeps, owner: rows.Owner, id: number): Promise<rows.ChannelRow> {
  const row = await rows.get(store, owner, id)
  if (!row) throw notFound('channel')
  return row
}

const instant = (at: number) => new Date(at).toISOString()

function shown(
  { channelConfigs }: ChannelDeps,
  row: rows.ChannelRow,
  rules: rows.RuleRow[],
): Omit<Channel, 'key'> {
  const { id, name, digestAt, maxPerHour, enabled, problem } = row
  return {
    ...{ id, name, digestAt, maxPerHour, enabled, problem },
    kind: row.kind as ChannelKindName,
    config: channelConfigs.shown(row.config),
    quietHours: row.quietHours === null ? null : (JSON.parse(row.quietHours) as QuietHours),
    rules: rules.filter((it) => it.channelId === id).length,
    createdAt: instant(row.createdAt),
    updatedAt: instant(row.updatedAt),
  }
}

/** The rules of a workspace, and the channels that whoever asks may name: its own, and those of the person. */
export async function listRules(deps: ChannelDeps, workspaceId: number, by: By) {
  const { store } = deps
  const [found, channels] = await Promise.all([
    rows.rules(store, workspaceId),
    channelsNear(store, workspaceId, by),
  ])
  return {
    rules: await shownRules(deps, workspaceId, found, channels),
    channels: channels
      .filter((it) => it.mayBeNamed)
      .map(({ id, name, kind, enabled, ownedBy }) => ({ id, name, kind, enabled, own: ownedBy !== null })),
    nextCursor: null,
  }
}

/** A channel as rules know it. */
interface Near {
  id: number
  name: string
  kind: ChannelKindName
  enabled: boolean
  ownedBy: { id: string; name: string } | null
  /** By who asks: nobody names another person's own. */
  mayBeNamed: boolean
}
async function channelsNear(store: Deps['store'], workspaceId: number, by: By): Promise<Near[]> {
  const [ofWorkspace, ofPerson, ofOthers] = await Promise.all([
    rows.list(store, workspaceId),
    by.kind === 'person' ? rows.list(store, { person: by.id }) : [],
    rows.ownNamedIn(store, workspaceId),
  ])
  const near = (
    { id, name, kind, enabled }: Pick<rows.ChannelRow, 'id' | 'name' | 'kind' | 'enabled'>,
    ownedBy: Near['ownedBy'],
    mayBeNamed: boolean,
  ): Near => ({ id, name, kind: kind as ChannelKindName, enabled, ownedBy, mayBeNamed })
  return [
    ...ofWorkspace.map((it) => near(it, null, true)),
    ...ofPerson.map((it) => near(it, { id: by.id, name: by.name }, true)),
    ...ofOthers
      .filter((it) => by.kind !== 'person' || it.userId !== by.id)
      .map((it) => near(it, { id: it.userId, name: it.owner ?? 'somebody' }, false)),
  ]
}

export async function addRule(
  deps: ChannelDeps,
  workspaceId: number,
  { key, ...rule }: NewRule,
  by: By,
): Promise<Rule> {
  const make = () => addOneRule(deps, workspaceId, rule, by)
  return getRule(deps, workspaceId, (await madeAs(deps, rulesIn(workspaceId), key, make)).id, by)
}

async function addOneRule(
  deps: ChannelDeps,
  workspaceId: number,
  { triggerIds, on, ...values }: Omit<NewRule, 'key'>,
  by: By,
): Promise<rows.RuleRow> {
  const channels = await channelsNear(deps.store, workspaceId, by)
  await mustBeHere(deps, workspaceId, channels, { triggerIds, channelId: values.channelId })
  const lists = { triggerIds: triggerIds && listOf(triggerIds), events: listOf(on) }
  const row = await rows.addRule(
    deps.store,
    { workspaceId, ...values, ...lists, createdBy: by.id },
    { now: deps.clock.now(), most: MOST_RULES },
  )
  if (!row)
    throw unacceptable([
      { path: 'on', message: `cannot be kept: a workspace has at most ${MOST_RULES} rules` },
    ])
  return row
}

export async function getRule(deps: ChannelDeps, workspaceId: number, id: number, by: By): Promise<Rule> {
  const { store } = deps
  const [found, channels] = await Promise.all([
    rows.rules(store, workspaceId),
    channelsNear(store, workspaceId, by),
  ])
  const row = found.find((it) => it.id === id)
  if (!row) throw notFound('rule')
  return shownRule(deps, workspaceId, row, channels)
}

export async function changeRule(
  deps: ChannelDeps,
  workspaceId: number,
  id: number,
  { key, triggerIds, on, ...values }: RuleChange,
  by: By,
): Promise<Rule> {
  await requireFree(deps, rulesIn(workspaceId), id, key)
  const before = await getRule(deps, workspaceId, id, by)
  const { ownedBy } = before
  if (ownedBy && (by.kind !== 'person' || ownedBy.id !== by.id))
    throw new ProblemError(
      403,
      `It tells an own channel of ${ownedBy.name}, who alone changes it. You can delete it.`,
    )
  const channels = await channelsNear(deps.store, workspaceId, by)
  const next = { triggerIds: triggerIds ?? null, channelId: values.channelId ?? before.channelId }
  await mustBeHere(deps, workspaceId, channels, next)
  const named = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
  const changed = await rows.changeRule(
    deps.store,
    { id, workspaceId },
    {
      ...named,
      ...(triggerIds !== undefined && { triggerIds: triggerIds && listOf(triggerIds) }),
      ...(on && { events: listOf(on) }),
    },
    deps.clock.now(),
  )
  if (!changed) throw notFound('rule')
  const rule = await shownRule(deps, workspaceId, changed, channels)
  return renamed(deps, rulesIn(workspaceId), rule, key)
}

export async function removeRule(
  { store }: ChannelDeps,
  workspaceId: number,
  id: number,
  _by: By,
): Promise<void> {
  if (!(await rows.removeRule(store, workspaceId, id))) throw notFound('rule')
}

/** What a rule names is of its workspace, or the own of who names it. */
async function mustBeHere(
  { store }: ChannelDeps,
  workspaceId: number,
  channels: readonly Near[],
  { triggerIds, channelId }: { triggerIds: number[] | null; channelId: number },
): Promise<void> {
  if (!channels.some((it) => it.id === channelId && it.mayBeNamed))
    throw unacceptable([{ path: 'channelId', message: `names channel ${channelId}, which is not here` }])
  const known = triggerIds ? await triggers.byIds(store, triggerIds) : []
  const missing = (triggerIds ?? []).filter(
    (id) => !known.some((it) => it.id === id && it.workspaceId === workspaceId),
  )
  if (missing.length > 0)
    throw unacceptable([{ path: 'triggerIds', message: `names ${missing.join(', ')}, which are not here` }])
}

const rulesIn = (workspaceId: number) => ({
  ...{ workspaceId, kind: 'rule' as const },
  nameOf: ({ channelName }: { channelName: string }) => `tell ${channelName}`,
})
const shownRules = (
  deps: ChannelDeps,
  workspaceId: number,
  found: readonly rows.RuleRow[],
  channels: readonly Near[],
): Promise<Rule[]> =>
  keyed(
    deps,
    rulesIn(workspaceId),
    found.map((it) => bareRule(it, channels)),
  )
async function shownRule(
  deps: ChannelDeps,
  workspaceId: number,
  row: rows.RuleRow,
  channels: readonly Near[],
): Promise<Rule> {
  const [it] = await shownRules(deps, workspaceId, [row], channels)
  return it as Rule
}

const bareRule = (row: rows.RuleRow, channels: readonly Near[]): Omit<Rule, 'key'> => ({
  ownedBy: channels.find((it) => it.id === row.channelId)?.ownedBy ?? null,
  id: row.id,
  channelId: row.channelId,
  channelName: channels.find((it) => it.id === row.channelId)?.name ?? '',
  triggerIds: row.triggerIds === null ? null : wordsIn(row.triggerIds).map(Number),
  on: wordsIn(row.events) as Tellable[],
  afterFailures: row.afterFailures,
  repeat: row.repeat,
  recoverAfter: row.recoverAfter,
  createdAt: instant(row.createdAt),
  updatedAt: instant(row.updatedAt),
})
