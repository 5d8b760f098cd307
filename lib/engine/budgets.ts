/**
 * Money and tokens: what a run may use is set aside before it begins, and again before each turn of its model.
 *
 * Promise: runs side by side never use more together than a budget holds, as far as what one turn can cost is known
 * before it; what does not fit is skipped or asked about, with the numbers; a budget is told of once a period.
 */
import type { Logger } from 'pino'
import * as budgets from '#db/queries/budgets.ts'
import { post } from '#db/queries/messages.ts'
import type { Hold } from '#db/queries/settling.ts'
import { announce } from '#db/queries/story.ts'
import type { Store } from '#db/store.ts'
import { AgentFailure, type Affordable } from '../agents/agent.ts'
import type { AgentPort } from '../agents/port.ts'
import type { Clock } from '../clock.ts'
import { approvalRuleOf } from './asking.ts'
import type { Ledger } from './ledger.ts'
import { entryOf, outcomeBeyondBudget } from './outcomes.ts'
import { periodAt } from './periods.ts'

const PAGE = 50
/** Below so many runs nobody knows what one usually takes. */
const FEWEST_KNOWN = 5

export interface BudgetDeps {
  store: Store
  clock: Clock
  log: Logger
  ledger: Pick<Ledger, 'add'>
  worst: AgentPort['worst']
  hint(workspaceIds: number[]): void
}

type OfRun = Pick<budgets.Waiting, 'workspaceId' | 'agentId' | 'triggerId' | 'timezone'>
/** A budget of the run's, in the period that is now. */
interface Bearing {
  budget: budgets.BudgetRow
  since: Date | null
  row: budgets.BudgetOfRun
}

export interface Budgets {
  /** Sets aside what runs need that could be taken; what does not fit is skipped, or a person is asked. */
  admit(): Promise<void>
  /** Before a turn: what the run may have used after it, at the most. @throws AgentFailure where there is no room */
  afford(run: OfRun & { id: number; fence: number }, most: Affordable): Promise<{ warning: string | null }>
}

export function createBudgets(deps: BudgetDeps): Budgets {
  const { store, clock, ledger, log } = deps

  async function admissionOf(run: budgets.Waiting, all: budgets.BudgetRow[]): Promise<budgets.Admission> {
    const beyond = run.decided === 'approved'
    // What has begun goes on: before its next turn it is asked again.
    const checked = run.fence === 0 && !beyond
    const need = checked ? await needOf(run, deps) : { tokens: run.tokensUsed, cost: run.cost }
    const bearing = checked ? bearingOn(run, all, clock.now()).filter((it) => it.since !== null) : []
    return { id: run.id, ...need, beyond, budgets: bearing.map((it) => it.row) }
  }

  async function refuse(
    run: budgets.Waiting,
    need: budgets.Admission,
    all: budgets.BudgetRow[],
  ): Promise<void> {
    const now = clock.now()
    const bearing = bearingOn(run, all, now).filter((it) => it.since !== null)
    const over = await exceeded(store, bearing, need)
    // What was in its way may be gone by now, or another server has admitted it: the next look sees.
    if (over.length === 0) return
    const [first] = over
    const reason = reasonOf(first as Over, need)
    const asks = run.decided === null && over.every((it) => it.budget.over === 'ask')
    log.info({ executionId: run.id, scheduleId: run.triggerId, asks }, reason)
    if (await end(run, { reason, asks })) await tell(deps, run, first as Over, 'reached', reason)
  }

  function end(run: budgets.Waiting, how: { reason: string; asks: boolean }): Promise<boolean> {
    const { id: executionId, workspaceId, triggerId, triggerName, owner, fence, attempt } = run
    const hold: Hold = { executionId, workspaceId, triggerId, from: 'queued', owner, fence, attempt }
    const told = { executionId, triggerId, triggerName }
    const rule = approvalRuleOf(run.approvals)
    return ledger.add(entryOf(hold, outcomeBeyondBudget(told, { ...how, rule }, clock.now()), []))
  }

  return {
    async admit() {
      for (let full = true; full; ) {
        const page = await budgets.unadmitted(store, clock.now(), PAGE)
        if (page.length === 0) return
        const [open, turnedDown] = [page.filter((it) => !isTurnedDown(it)), page.filter(isTurnedDown)]
        for (const run of turnedDown)
          await end(run, { reason: 'It was not allowed to go beyond its budget.', asks: false })
        const all = await budgets.list(store)
        const wanted = await Promise.all(open.map((run) => admissionOf(run, all)))
        const admitted = await budgets.admit(store, wanted)
        for (const [n, run] of open.entries())
          if (!admitted.has(run.id)) await refuse(run, wanted[n] as budgets.Admission, all)
        full = page.length === PAGE
      }
    },
    async afford(run, most) {
      const bearing = bearingOn(run, await budgets.list(store), clock.now())
      const rows = bearing.map((it) => it.row)
      const may = await budgets.afford(store, { id: run.id, fence: run.fence, ...most, budgets: rows })
      if (!may) {
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
    },
  }
}

/** What a run of the trigger usually takes, or else the most that it may. */
async function needOf(
  run: budgets.Waiting,
  { store, worst: worstOf }: Pick<BudgetDeps, 'store' | 'worst'>,
): Promise<Affordable> {
  const worst = await worstOf(run.workspaceId, run)
  if (!worst) return { tokens: 0, cost: 0 }
  const known = await budgets.recentOf(store, run.triggerId, worst.revision)
  if (known.length < FEWEST_KNOWN) return { tokens: worst.tokens, cost: worst.cost ?? 0 }
  return { tokens: p95(known.map((it) => it.tokens)), cost: p95(known.map((it) => it.cost)) }
}

const isTurnedDown = ({ decided }: budgets.Waiting) => decided === 'rejected' || decided === 'expired'

const p95 = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1] as number

/** The budgets that a run counts for; of a run alone no other run counts. */
function bearingOn(run: OfRun, all: budgets.BudgetRow[], now: Date): Bearing[] {
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

interface Over extends Bearing {
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
async function exceeded(store: Store, bearing: Bearing[], need: Affordable, except = 0): Promise<Over[]> {
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

const dollars = (amount: number) => `$${amount.toFixed(amount < 0.1 ? 4 : 2)}`
const many = (tokens: number) => `${tokens.toLocaleString('en')} tokens`
const PERIODS = { run: 'a run', day: 'a day', month: 'a month' } as const

export function nameOf({ scope, scopeId, period, tokens, cost }: budgets.BudgetRow): string {
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
function reasonOf({ budget, standing: it }: Over, need: Affordable): string {
  const inDollars = budget.cost !== null && it.usedCost + it.reservedCost + need.cost > budget.cost
  const [used, reserved, more] = inDollars
    ? [it.usedCost, it.reservedCost, need.cost].map(dollars)
    : [it.usedTokens, it.reservedTokens, need.tokens].map(many)
  return `There is no room in ${nameOf(budget)}: ${used} used, ${reserved} set aside for runs that go on; this one may take ${more}.`
}

/** Once a budget and period, in the workspace where it shows. */
async function tell(
  { store, clock, hint }: Pick<BudgetDeps, 'store' | 'clock' | 'hint'>,
  run: Pick<OfRun, 'workspaceId' | 'triggerId'>,
  { budget, since }: Bearing,
  kind: 'warning' | 'reached',
  words: string,
): Promise<void> {
  const now = clock.now()
  const { workspaceId, triggerId } = run
  if (since === null || !(await budgets.isNews(store, { budgetId: budget.id, period: since, kind, now })))
    return
  const author = { id: null, name: 'Carillon' }
  await post(store, { workspaceId, kind: 'notice', author, text: words, triggerId }, now)
  const event = { workspaceId, type: `budget:${kind}`, triggerId, data: { budgetId: budget.id } } as const
  await announce(store, [event], now)
  hint([workspaceId])
}
