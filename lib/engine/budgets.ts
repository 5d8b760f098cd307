/**
 * Money and tokens: which budgets bear on a run, how they stand, and whether another turn of its model fits.
 *
 * Promise: runs side by side never use more together than a budget holds, as far as what one turn can cost is known
 * before it; a budget is told of once a period.
 */
import * as budgets from '#db/queries/budgets.ts'
import type { Store } from '#db/store.ts'
import { AgentFailure, type Affordable } from '../agents/agent.ts'
import type { Clock } from '../clock.ts'
import { dollars } from '../contract/money.ts'
import { periodAt } from './periods.ts'

export interface BudgetDeps {
  store: Store
  clock: Clock
  hint(workspaceIds: number[]): void
}

type OfRun = Pick<budgets.Waiting, 'workspaceId' | 'agentId' | 'triggerId' | 'timezone'>
/** A budget of the run's, in the period that is now. */
export interface Bearing {
  budget: budgets.BudgetRow
  since: Date | null
  row: budgets.BudgetOfRun
}

/** Before a turn: what the run may have used after it, at the most. @throws AgentFailure where there is no room */
export type Afford = (
  run: OfRun & { id: number; fence: number },
  most: Affordable,
) => Promise<{ warning: string | null }>

export function createAfford(deps: BudgetDeps): Afford {
  const { store, clock } = deps
  return async (run, most) => {
    const bearing = bearingOn(run, await budgets.list(store), clock.now())
    const rows = bearing.map((it) => it.row)
    if (!(await budgets.afford(store, { id: run.id, fence: run.fence, ...most, budgets: rows }))) {
      const [over] = await exceeded(store, bearing, most, run.id)
      const reason = over ? reasonOf(over, most) : 'Its budget is used up.'
      if (over) await tell(deps, run, over, 'reached', reason)
      throw new AgentFailure(reason, { reasonCode: 'budget' })
    }
    const near = (await standingsOf(store, bearing, run.id)).find((it) => isNear(it, most))
    if (!near) return { warning: null }
    const words = `More than ${Math.round(near.budget.warnAt * 100)} % of ${nameOf(near.budget)} is used.`
    await tell(deps, run, near, 'warning', words)
    return { warning: `${words} Come to an end soon, with what you have.` }
  }
}

/** The budgets that a run counts for; of a run alone no other run counts. */
export function bearingOn(run: OfRun, all: budgets.BudgetRow[], now: Date): Bearing[] {
  return all.flatMap((budget) => {
    const { scope, scopeId, workspaceId } = budget
    const mine =
      (workspaceId === null || workspaceId === run.workspaceId) &&
      (scope !== 'agent' || scopeId === run.agentId) &&
      (scope !== 'trigger' || scopeId === String(run.triggerId))
    if (!mine) return []
    const period = periodAt(budget.period, workspaceId === null ? 'UTC' : run.timezone, now)
    return [{ budget, since: period?.since ?? null, row: rowOf(budget, period?.since ?? null) }]
  })
}

/** A trigger that there is not: what counts for a budget of one run is that run alone. */
const NONE = 0
export const rowOf = (it: budgets.BudgetRow, since: Date | null): budgets.BudgetOfRun => ({
  workspaceId: it.workspaceId,
  agentId: it.scope === 'agent' ? it.scopeId : null,
  triggerId: since === null ? NONE : it.scope === 'trigger' ? Number(it.scopeId) : null,
  since: since ?? new Date(0),
  tokens: it.tokens,
  cost: it.cost,
})

export interface Over extends Bearing {
  standing: budgets.Standing
}

async function standingsOf(store: Store, bearing: Bearing[], except: number): Promise<Over[]> {
  const found = await budgets.standings(
    store,
    bearing.map((it) => it.row),
    except,
  )
  return found.map((standing, n) => ({ ...(bearing[n] as Bearing), standing }))
}

/** Those in which there is no room for it. */
export async function exceeded(
  store: Store,
  bearing: Bearing[],
  need: Affordable,
  except = 0,
): Promise<Over[]> {
  const all = await standingsOf(store, bearing, except)
  return all.filter(({ budget, standing: it }) => {
    const tokens = it.usedTokens + it.reservedTokens + need.tokens
    const cost = it.usedCost + it.reservedCost + need.cost
    return (budget.tokens !== null && tokens > budget.tokens) || (budget.cost !== null && cost > budget.cost)
  })
}

function isNear({ budget, standing: it }: Over, most: Affordable): boolean {
  const near = (limit: number | null, used: number) => limit !== null && used >= budget.warnAt * limit
  return near(budget.tokens, it.usedTokens + most.tokens) || near(budget.cost, it.usedCost + most.cost)
}

const many = (tokens: number) => `${tokens.toLocaleString('en')} tokens`
const PERIODS = { run: 'a run', day: 'a day', month: 'a month' } as const

function nameOf({ scope, scopeId, period, tokens, cost }: budgets.BudgetRow): string {
  const limits = [cost === null ? null : dollars(cost), tokens === null ? null : many(tokens)]
  const whose = {
    workspace: 'of the workspace',
    agent: `of the agent ${scopeId}`,
    trigger: `of schedule ${scopeId}`,
    installation: 'of the whole installation',
  }[scope]
  return `the budget of ${limits.filter(Boolean).join(' and ')} ${PERIODS[period]} ${whose}`
}

/** `… $9.80 is used, $0.50 set aside for runs that go on; this one may take $0.40.` */
export function reasonOf({ budget, standing: it }: Over, need: Affordable): string {
  const inDollars = budget.cost !== null && it.usedCost + it.reservedCost + need.cost > budget.cost
  const [used, reserved, more] = inDollars
    ? [it.usedCost, it.reservedCost, need.cost].map(dollars)
    : [it.usedTokens, it.reservedTokens, need.tokens].map(many)
  return `There is no room in ${nameOf(budget)}: ${used} used, ${reserved} set aside for runs that go on; this one may take ${more}.`
}

/** Once a budget and period, in the workspace where it shows. */
export async function tell(
  { store, clock, hint }: BudgetDeps,
  run: Pick<OfRun, 'workspaceId' | 'triggerId'>,
  { budget, since }: Bearing,
  kind: 'warning' | 'reached',
  words: string,
): Promise<void> {
  if (since === null) return
  const { workspaceId, triggerId } = run
  const news = {
    workspaceId,
    triggerId,
    text: words,
    type: `budget:${kind}`,
    data: { budgetId: budget.id },
  } as const
  const of = { budgetId: budget.id, period: since, kind }
  if (await budgets.tellOnce(store, { ...news, ...of }, clock.now())) hint([workspaceId])
}
