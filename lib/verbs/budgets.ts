/** Budgets of a workspace, or of all together: what may be spent, and what was. */
import * as agents from '#db/queries/agents.ts'
import * as budgets from '#db/queries/budgets.ts'
import { assign } from '#db/queries/keys.ts'
import * as triggers from '#db/queries/triggers.ts'
import { costOf, prices } from '../agents/custom/prices.ts'
import type { Models } from '../agents/custom/model-client.ts'
import type { Budget, NewBudget, NewSharedBudget } from '../contract/budget.ts'
import type { By } from '../contract/by.ts'
import { readConfig } from '../contract/custom-agent.ts'
import { unacceptable } from '../contract/problem.ts'
import { rowOf } from '../engine/budgets.ts'
import { periodAt } from '../engine/periods.ts'
import type { FieldError } from '../triggers/index.ts'
import type { Deps } from './deps.ts'
import { keyed } from './keys.ts'

export interface BudgetDeps extends Pick<Deps, 'store' | 'clock'> {
  models: Models
}
/** Null: all workspaces together. */
type Owner = { id: number; timezone: string } | null

export async function list({ store, clock }: BudgetDeps, owner: Owner): Promise<Budget[]> {
  const rows = await budgets.list(store, owner?.id ?? null)
  const now = clock.now()
  const periods = rows.map((it) => periodAt(it.period, owner?.timezone ?? 'UTC', now))
  const standings = await budgets.standings(
    store,
    rows.map((it, n) => rowOf(it, periods[n]?.since ?? null)),
  )
  const bare = await Promise.all(
    rows.map(async (it, n) => ({
      id: it.id,
      scope: it.scope,
      scopeId: it.scope === 'trigger' ? Number(it.scopeId) : it.scopeId,
      name: await nameOf(store, it),
      period: it.period,
      tokens: it.tokens,
      cost: it.cost,
      warnAt: it.warnAt,
      over: it.over,
      used: { tokens: standings[n]?.usedTokens ?? 0, cost: standings[n]?.usedCost ?? 0 },
      reserved: { tokens: standings[n]?.reservedTokens ?? 0, cost: standings[n]?.reservedCost ?? 0 },
      since: periods[n]?.since.toISOString() ?? null,
      until: periods[n]?.until.toISOString() ?? null,
    })),
  )
  return owner ? keyed({ store, clock }, keysIn(owner.id), bare) : bare.map((it) => ({ ...it, key: null }))
}
const keysIn = (workspaceId: number) => ({
  ...{ workspaceId, kind: 'budget' as const },
  nameOf: ({ name, period }: { name: string | null; period: string }) => `${name ?? 'workspace'} ${period}`,
})

async function nameOf(store: Deps['store'], it: budgets.BudgetRow): Promise<string | null> {
  if (it.workspaceId === null) return null
  if (it.scope === 'trigger')
    return (await triggers.get(store, it.workspaceId, Number(it.scopeId)))?.name ?? null
  const agent = it.scope === 'agent' ? await agents.get(store, it.workspaceId, it.scopeId ?? '') : null
  return agent && readConfig(agent.config).name
}

/** The list as it is from now on. */
export async function replace(
  deps: BudgetDeps,
  owner: Owner,
  wanted: (NewBudget | NewSharedBudget)[],
  _by: By,
): Promise<Budget[]> {
  const faults = owner
    ? await Promise.all(wanted.map((it, n) => faultsOf(deps, owner.id, it as NewBudget, `budgets.${n}`)))
    : []
  if (faults.flat().length > 0) throw unacceptable(faults.flat())
  await budgets.replace(deps.store, owner?.id ?? null, wanted, deps.clock.now())
  if (owner) await callThem(deps, owner.id, wanted as NewBudget[])
  return list(deps, owner)
}

/** Of the same thing and period there may be several: the first is the first, and so on. */
async function callThem(
  { store, clock }: BudgetDeps,
  workspaceId: number,
  wanted: NewBudget[],
): Promise<void> {
  const sameAs = (it: Pick<budgets.BudgetRow | NewBudget, 'scope' | 'scopeId' | 'period'>) =>
    `${it.scope} ${it.scopeId} ${it.period}`
  const rows: budgets.BudgetRow[] = await budgets.list(store, workspaceId)
  const kept = Map.groupBy(rows, sameAs)
  const called = wanted.flatMap((it) => {
    const row = kept.get(sameAs(it))?.shift()
    return row && it.key !== undefined ? [{ objectId: row.id, key: it.key }] : []
  })
  await assign(store, { workspaceId, kind: 'budget' }, called, clock.now())
}

async function faultsOf(
  deps: BudgetDeps,
  workspaceId: number,
  { scope, scopeId, cost }: NewBudget,
  path: string,
): Promise<FieldError[]> {
  const { store } = deps
  if (scope === 'workspace') return []
  const nothing = [{ path: `${path}.scopeId`, message: `is ${scopeId}: there is no such ${scope} here` }]
  const trigger = scope === 'trigger' ? await triggers.get(store, workspaceId, Number(scopeId)) : null
  if (scope === 'trigger' && !trigger) return nothing
  const agentId = scope === 'agent' ? String(scopeId) : (trigger?.agentId ?? '')
  const agent = await agents.get(store, workspaceId, agentId)
  if (!agent) return scope === 'agent' ? nothing : []
  return cost === null ? [] : priceFaults(deps, workspaceId, agent, path)
}

/** A limit of cost that cannot be kept is none. */
async function priceFaults(
  { store, models }: BudgetDeps,
  workspaceId: number,
  agent: agents.AgentRow,
  path: string,
): Promise<FieldError[]> {
  const config = readConfig(agent.config)
  const model = await models.find(workspaceId, config.model).catch(() => null)
  const nothing = { tokensIn: 0, tokensOut: 0, tokensCached: 0 }
  if (!model || costOf(model.name, nothing, await prices(store)) !== null) return []
  return [
    {
      path: `${path}.cost`,
      message: `cannot be kept (no_price): nobody has said what the model ${model.name} costs. Enter its price, or limit the tokens`,
    },
  ]
}
