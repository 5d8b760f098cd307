/**
 * Before a claim: runs of agents that ask a model get their share of the budgets, or leave the queue; so do those whose
 * sources may not be there, and those of which something must hold (`onlyIf`).
 *
 * Promise: what could not work or does not fit never begins; it is skipped with the reason and the numbers, or a person
 * is asked. What has begun goes on: before its next turn it is asked again.
 */
import type { Logger } from 'pino'
import * as budgets from '#db/queries/budgets.ts'
import type { Hold } from '#db/queries/entries.ts'
import { putOffNow } from '#db/queries/throttling.ts'
import type { Affordable } from '../agents/agent.ts'
import type { AgentPort } from '../agents/port.ts'
import type { Taker } from '../queue/queue.ts'
import { approvalRuleOf } from './asking.ts'
import { bearingOn, type BudgetDeps, exceeded, type Over, reasonOf, tell } from './budgets.ts'
import type { Ledger } from './ledger.ts'
import { entryOf, outcomeBeyondBudget } from './outcomes.ts'
import { percentile } from './percentile.ts'
import type { GateLook } from './gate.ts'
import type { ReadinessLook } from './readiness.ts'

const PAGE = 50
/** So many are asked about at a time; the rest is when these are known. */
const MOST_HELD = 200
/** Below so many runs nobody knows what one usually takes. */
const FEWEST_KNOWN = 5

interface Deps extends BudgetDeps {
  log: Logger
  ledger: Pick<Ledger, 'add'>
  worst: AgentPort['worst']
  readiness: Pick<ReadinessLook, 'lasting' | 'askedFor'>
  gate: GateLook
  /** What was held may be taken now. */
  look(): void
}
type Run = budgets.Waiting
interface How {
  reason: string
  asks?: boolean
  reasonCode?: 'budget' | 'not_ready' | 'condition'
}

/** Answers how to look once at what could be taken now, so many of each workspace. */
export function createAdmission(deps: Deps): Taker['admit'] {
  const { store, clock, ledger, log } = deps

  async function admissionOf(run: Run, all: budgets.BudgetRow[]): Promise<budgets.Admission> {
    const beyond = run.decided === 'approved'
    const checked = run.fence === 0 && !beyond
    const need = checked ? await needOf(run, deps) : { tokens: run.tokensUsed, cost: run.cost }
    const bearing = checked ? periodic(run, all) : []
    return { id: run.id, ...need, beyond, budgets: bearing.map((it) => it.row) }
  }

  /**
   * Those that more runs than this one count for. An agent of the product goes on without a model where there is no
   * room for one.
   */
  const periodic = (run: Run, all: budgets.BudgetRow[]) =>
    run.agentType === 'system' ? [] : bearingOn(run, all, clock.now()).filter((it) => it.since !== null)

  async function refuse(run: Run, need: budgets.Admission, all: budgets.BudgetRow[]): Promise<void> {
    const over = await exceeded(store, periodic(run, all), need)
    // What was in its way may be gone by now, or another server has admitted it: the next look sees.
    const [first] = over
    if (!first) return
    const reason = reasonOf(first as Over, need)
    const asks = run.decided === null && over.every((it) => it.budget.over === 'ask')
    log.info({ executionId: run.id, scheduleId: run.triggerId, asks }, reason)
    if (await end(run, { reason, asks })) await tell(deps, run, first, 'reached', reason)
  }

  function end(run: Run, { reason, asks = false, reasonCode = 'budget' }: How): Promise<boolean> {
    const { id: executionId, workspaceId, triggerId, triggerName, owner, fence, attempt } = run
    const hold: Hold = { executionId, workspaceId, triggerId, from: 'queued', owner, fence, attempt }
    const how = { reason, asks, reasonCode, rule: approvalRuleOf(run.approvals) }
    const told = { executionId, triggerId, triggerName }
    return ledger.add(entryOf(hold, outcomeBeyondBudget(told, how, clock.now()), []))
  }

  /** Answers how many were admitted, and which are held. */
  async function admitPage(page: Run[]): Promise<{ admitted: number; held: number[] }> {
    const open: Run[] = []
    const held: number[] = []
    for (const run of page) {
      const obstacle = await obstacleOf(run, deps)
      if (obstacle === 'held') held.push(run.id)
      else if (obstacle) await end(run, obstacle)
      else open.push(run)
    }
    const all = await budgets.list(store)
    const wanted = await Promise.all(open.map((run) => admissionOf(run, all)))
    const admitted = await budgets.admit(store, wanted)
    for (const [n, run] of open.entries())
      if (!admitted.has(run.id)) await refuse(run, wanted[n] as budgets.Admission, all)
    return { admitted: admitted.size, held }
  }

  async function admitOf(workspaceId: number, take: number): Promise<void> {
    const held: number[] = []
    for (let left = take, more = true; left > 0 && more && held.length < MOST_HELD; ) {
      const which = { workspaceId, now: clock.now(), limit: Math.min(left, PAGE) }
      const page = await budgets.unadmitted(store, which, held)
      more = page.length > 0
      const done = await admitPage(page)
      held.push(...done.held)
      // Who is held takes nobody's place.
      if (done.held.length < page.length) left -= Math.max(1, done.admitted)
    }
  }

  return async (shares) => {
    // What has no turn yet, for its trigger starts only so often, has nothing set aside.
    await putOffNow(
      store,
      shares.map((it) => it.workspaceId),
      clock.now(),
    )
    for (const { workspaceId, take } of shares) await admitOf(workspaceId, take)
  }
}

/** Why it does not begin, whatever there is in its budgets; `held`: nobody knows yet. */
async function obstacleOf(run: Run, { readiness, gate, look }: Deps): Promise<How | 'held' | null> {
  if (run.decided === 'rejected' || run.decided === 'expired')
    return { reason: 'It was not allowed to go beyond its budget.' }
  if (run.fence > 0) return null
  // What was refused before is asked again: it may have been mended since. Nobody else waits for the answer.
  const fault =
    run.unready === null ? await readiness.lasting(run, false) : readiness.askedFor(run.id, run, look)
  if (fault === undefined) return 'held'
  if (fault !== null) return { reason: fault, reasonCode: 'not_ready' }
  const refusal = gate.askedFor(run, look)
  if (refusal === undefined) return 'held'
  return refusal === null ? null : { reason: refusal, reasonCode: 'condition' }
}

/** What a run of the trigger usually takes, or else the most that it may. */
async function needOf(
  run: Run,
  { store, worst: worstOf }: Pick<Deps, 'store' | 'worst'>,
): Promise<Affordable> {
  const worst = await worstOf(run.workspaceId, run)
  if (!worst) return { tokens: 0, cost: 0 }
  const known = await budgets.recentOf(store, run.triggerId, worst.revision)
  if (known.length < FEWEST_KNOWN) return { tokens: worst.tokens, cost: worst.cost ?? 0 }
  return { tokens: p95(known.map((it) => it.tokens)), cost: p95(known.map((it) => it.cost)) }
}

const p95 = (values: number[]) => percentile(values, 0.95) ?? 0
