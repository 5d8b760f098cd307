/**
 * The kinds of things that a document has, each by one entry: how all of them are read, and how one is made, changed
 * and deleted, by the verbs that pages and programs use. What an item names stands in `REFERENCES` of the contract.
 *
 * They stand in the order in which they are made: what is named comes before what names it.
 */
import * as agentRows from '#db/queries/agents.ts'
import * as budgetRows from '#db/queries/budgets.ts'
import * as calendarRows from '#db/queries/calendars.ts'
import * as channelRows from '#db/queries/channels.ts'
import * as sourceRows from '#db/queries/sources.ts'
import * as triggerRows from '#db/queries/triggers.ts'
import { CONFIGURATION } from '#db/schema.ts'
import type { z } from 'zod'
import { NewBudget } from '../../contract/budget.ts'
import { NewCalendar } from '../../contract/calendar.ts'
import { NewAgent, readConfig } from '../../contract/custom-agent.ts'
import { NewChannel, NewRule } from '../../contract/delivery.ts'
import type { ListName } from '../../contract/exchange.ts'
import { unacceptable } from '../../contract/problem.ts'
import { NewSource } from '../../contract/source.ts'
import { isOwnKind, NewTrigger, type Trigger } from '../../contract/trigger.ts'
import * as agents from '../custom-agents.ts'
import * as budgets from '../budgets.ts'
import * as calendars from '../calendars.ts'
import * as channels from '../channels.ts'
import * as sources from '../sources.ts'
import * as triggers from '../triggers.ts'
import { opened } from '../webhooks.ts'
import type { ExchangeDeps, Place } from './deps.ts'
import type { Values } from './document.ts'

/** Something that is there. */
export interface Existing {
  id: number | string
  key: string
  name: string
  /** As the API takes it, with ids. */
  item: Values
  /** Another where it was changed meanwhile, in what the item does not show, too. */
  mark: unknown
}
export interface Made {
  id: number | string
  /** What is answered once. */
  once?: { url: string | null; secret: string } | undefined
}
export interface Kind<Item extends Values = Values> {
  schema: z.ZodType<Item>
  read(deps: ExchangeDeps, place: Place): Promise<Existing[]>
  make(deps: ExchangeDeps, place: Place, item: Item): Promise<Made>
  change(deps: ExchangeDeps, place: Place, before: Existing, item: Item): Promise<Made>
  remove(deps: ExchangeDeps, place: Place, before: Existing): Promise<void>
}
const kind = <Item extends Values>(it: Kind<Item>) => it as unknown as Kind

/** These fields, in this order; what says nothing is left out. */
function only(it: object, ...fields: string[]): Values {
  const named = fields.map((field) => [field, (it as Values)[field]] as const)
  return Object.fromEntries(named.filter(([, value]) => !isNothing(value)))
}
const isNothing = (it: unknown) =>
  it === undefined || it === null || it === '' || (typeof it === 'object' && Object.keys(it).length === 0)

const requireSame = (field: string, before: unknown, after: unknown): void => {
  if (before !== after)
    throw unacceptable([
      { path: field, message: `is another than it was ("${before}"), and stays: give it another key` },
    ])
}

const calendar = kind<NewCalendar>({
  schema: NewCalendar,
  async read(deps, { workspace }) {
    const rows = new Map((await calendarRows.list(deps.store, workspace.id)).map((it) => [it.id, it]))
    return (await calendars.list(deps, workspace.id)).map((it) => {
      const row = rows.get(it.id)
      // The days of an address are what was read of it.
      const item =
        it.icsUrl === null
          ? { ...only(it, 'key', 'name'), dates: it.dates }
          : only(it, 'key', 'name', 'icsUrl')
      return { id: it.id, key: it.key, name: it.name, item, mark: [row?.revision, row?.icsUrl] }
    })
  },
  make: (deps, { workspace, by }, item) => calendars.add(deps, workspace.id, item, by),
  change: (deps, { workspace, by }, { id }, item) =>
    calendars.change(deps, workspace.id, id as number, item, by),
  remove: (deps, { workspace, by }, { id }) => calendars.remove(deps, workspace.id, id as number, by),
})

const source = kind<NewSource>({
  schema: NewSource,
  async read(deps, { workspace }) {
    const rows = new Map((await sourceRows.list(deps.store, workspace.id)).map((it) => [it.id, it]))
    return (await sources.list(deps, workspace.id)).map((it) => ({
      ...{ id: it.id, key: it.key, name: it.name },
      item: only(it, 'key', 'kind', 'name', 'everySeconds', 'config'),
      mark: [it.name, it.everySeconds, rows.get(it.id)?.config],
    }))
  },
  make: (deps, { workspace, by }, item) => sources.add(deps, workspace.id, item, by),
  change(deps, { workspace, by }, { id, item: before }, { kind: to, ...item }) {
    requireSame('kind', before.kind, to)
    return sources.change(deps, workspace.id, id as number, item as never, by)
  },
  remove: (deps, { workspace, by }, { id }) => sources.remove(deps, workspace.id, id as number, by),
})

const channel = kind<NewChannel>({
  schema: NewChannel,
  async read(deps, { workspace }) {
    const rows = new Map((await channelRows.list(deps.store, workspace.id)).map((it) => [it.id, it]))
    return (await channels.list(deps, workspace.id)).map((it) => ({
      ...{ id: it.id, key: it.key as string, name: it.name },
      item: {
        ...only(it, 'key', 'kind', 'name', 'config', 'quietHours', 'digestAt', 'maxPerHour', 'enabled'),
        config: it.config,
      },
      mark: [it.name, it.quietHours, it.digestAt, it.maxPerHour, it.enabled, rows.get(it.id)?.config],
    }))
  },
  async make(deps, { workspace, by }, item) {
    const { channel: it, secret } = await channels.add(deps, workspace.id, item, by)
    return { id: it.id, ...(secret !== undefined && { once: { url: null, secret } }) }
  },
  async change(deps, { workspace, by }, { id, item: before }, { kind: to, ...item }) {
    requireSame('kind', before.kind, to)
    const { secret } = await channels.change(deps, workspace.id, id as number, item, by)
    return { id, ...(secret !== undefined && { once: { url: null, secret } }) }
  },
  remove: (deps, { workspace, by }, { id }) => channels.remove(deps, workspace.id, id as number, by),
})

const AGENT_FIELDS = [
  ...['key', 'name', 'description', 'instructions', 'model', 'temperature', 'maxSteps', 'maxOutputTokens'],
  ...['maxTokens', 'maxCost', 'tools', 'mcpServerIds', 'skillIds', 'memory', 'input', 'output'],
]
const agent = kind<NewAgent>({
  schema: NewAgent as never,
  async read({ store }, { workspace }) {
    return (await agentRows.list(store, workspace.id)).map((row) => {
      const config = readConfig(row.config)
      const item = only({ key: row.id, ...config }, ...AGENT_FIELDS)
      return { id: row.id, key: row.id, name: config.name, item, mark: [row.revision, row.config] }
    })
  },
  make: (deps, { workspace, by }, item) => agents.create(deps, workspace.id, item, by),
  change: (deps, { workspace, by }, { id }, { id: _, ...item }) =>
    agents.change(deps, workspace.id, id as string, item, by),
  remove: (deps, { workspace, by }, { id }) => agents.remove(deps, workspace.id, id as string, by),
})

const IN_THIS_ORDER = [
  ...['key', 'kind', 'name', 'description', 'cronExpression', 'everySeconds', 'at', 'timezone', 'calendars'],
  ...['event', 'webhook', 'condition', 'config', 'agentId', 'agentType', 'context', 'enabled', 'misfire'],
  ...['maxCatchup', 'catchupWindow', 'overlap', 'overlapKey', 'bufferLimit', 'timeoutSeconds', 'retries'],
  ...['jitterSeconds', 'startsAt', 'endsAt', 'maxExecutions', 'priority', 'post', 'disableAfterFailures'],
  ...[
    'disableBelowSuccessRate',
    'approvals',
    'breaker',
    'collect',
    'throttle',
    'cancelOn',
    'onlyIf',
    'expect',
  ],
]
/** A setting that is added stands behind them by itself. */
const TRIGGER_FIELDS = [...new Set<string>([...IN_THIS_ORDER, ...CONFIGURATION])]
function triggerItem({ condition, config, ...it }: Trigger): Values {
  const { state: _, ...watched } = condition ?? {}
  const more = isOwnKind(it.kind) ? {} : { config }
  return only({ ...it, ...more, ...(condition && { condition: watched }) }, ...TRIGGER_FIELDS)
}
const trigger = kind<NewTrigger>({
  schema: NewTrigger as never,
  async read(deps, { workspace }) {
    const found = await triggers.all(deps, workspace.id)
    return found.map(({ row, trigger: it }) => ({
      ...{ id: it.id, key: it.key, name: it.name, item: triggerItem(it) },
      mark: [row.revision, triggerRows.configOf(row)],
    }))
  },
  async make(deps, { workspace, by }, item) {
    const it = await triggers.create(deps, workspace.id, item, by)
    return { id: it.id, once: (await opened(deps, it)) ?? undefined }
  },
  async change(deps, { workspace, by }, { id }, item) {
    const it = await triggers.change(deps, workspace.id, id as number, item, by)
    return { id, once: (await opened(deps, it)) ?? undefined }
  },
  remove: (deps, { workspace, by }, { id }) => triggers.remove(deps, workspace.id, id as number, by),
})

const rule = kind<NewRule>({
  schema: NewRule as never,
  async read(deps, { workspace, by }) {
    const { rules } = await channels.listRules(deps, workspace.id, by)
    // What tells a person's own channel is theirs.
    return rules
      .filter((it) => it.ownedBy === null)
      .map((it) => {
        const item = only(
          it,
          'key',
          'channelId',
          'triggerIds',
          'on',
          'afterFailures',
          'repeat',
          'recoverAfter',
        )
        return { id: it.id, key: it.key, name: it.channelName, item, mark: item }
      })
  },
  make: (deps, { workspace, by }, item) => channels.addRule(deps, workspace.id, item, by),
  change: (deps, { workspace, by }, { id }, item) =>
    channels.changeRule(deps, workspace.id, id as number, item, by),
  remove: (deps, { workspace, by }, { id }) => channels.removeRule(deps, workspace.id, id as number, by),
})

/** They are one list, which is written as a whole. */
const budget = kind<NewBudget>({
  schema: NewBudget as never,
  read: budgetsOf,
  async make(deps, place, item) {
    const found = await budgetsOf(deps, place)
    return writeBudgets(deps, place, [...found.map((it) => it.item as never), item], item.key)
  },
  async change(deps, place, { id, key }, item) {
    const found = await budgetsOf(deps, place)
    const next = found.map((it) => (it.id === id ? item : it.item))
    return writeBudgets(deps, place, next as never, key)
  },
  async remove(deps, place, { id }) {
    const left = (await budgetsOf(deps, place)).filter((it) => it.id !== id)
    await budgets.replace(deps, place.workspace, left.map((it) => it.item) as never, place.by)
  },
})
async function budgetsOf(deps: ExchangeDeps, { workspace }: Place): Promise<Existing[]> {
  const [rows, found] = await Promise.all([
    budgetRows.list(deps.store, workspace.id),
    budgets.list(deps, workspace),
  ])
  return found.map((it, n) => {
    const item = only(it, 'key', 'scope', 'scopeId', 'period', 'tokens', 'cost', 'warnAt', 'over')
    return { id: it.id, key: it.key as string, name: it.name ?? workspaceWords, item, mark: rows[n] }
  })
}
const workspaceWords = 'the workspace'
async function writeBudgets(
  deps: ExchangeDeps,
  { workspace, by }: Place,
  wanted: NewBudget[],
  key: string | undefined,
): Promise<Made> {
  const written = await budgets.replace(
    deps,
    workspace,
    wanted.map((it) => NewBudget.parse(it)),
    by,
  )
  return { id: written.find((it) => it.key === key)?.id ?? 0 }
}

export const KINDS: Readonly<Record<ListName, Kind>> = {
  calendars: calendar,
  sources: source,
  channels: channel,
  agents: agent,
  triggers: trigger,
  rules: rule,
  budgets: budget,
}
/** What is named before what names it. */
export const IN_ORDER = Object.keys(KINDS) as ListName[]
