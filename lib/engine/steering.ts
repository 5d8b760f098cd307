/**
 * What people do with triggers and executions: plan, pause, run now, backfill, cancel, run again.
 *
 * Promise: a bad configuration is refused with the field and the remedy, and changes nothing; an edit never loses another's (it is made again on what is there);
 * nothing has to be reloaded: a change is a row, and the loop looks at once.
 */
import { randomUUID } from 'node:crypto'
import * as executions from '#db/queries/executions.ts'
import { fireNow, type Occurrence, occurrencesOf } from '#db/queries/firing.ts'
import * as triggers from '#db/queries/triggers.ts'
import type { TriggerConfig, TriggerRow } from '#db/queries/triggers.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '../clock.ts'
import type { BodyOf, AnswerOf, Api } from '../contract/api.ts'
import type { Execution, ExecutionDetail } from '../contract/execution.ts'
import { notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import type { NewTrigger, TriggerChange } from '../contract/trigger.ts'
import { clockKind, faultsOf, type FieldError, whenOf } from '../triggers/index.ts'
import { firstInstant, plan } from './planning.ts'
import { telling } from './telling.ts'
import type { Engine } from './engine.ts'

const EDIT_TRIES = 5
const MOST_BACKFILLED = 1000

/** Who did it, for the record. */
export interface By {
  id: string
  name: string
}

export interface SteeringDeps {
  store: Store
  clock: Clock
  engine: Pick<Engine, 'look' | 'lookAtQueue' | 'record' | 'lookForStops'>
  minimumIntervalSeconds: number
  hint(workspaceIds: number[]): void
  /** What is wrong with the agent or its context, or nothing. */
  judgeAgent(agentId: string, agentType: string, context: Record<string, unknown>): FieldError[]
}

const ms = (instant: string | null | undefined) => (instant == null ? null : Date.parse(instant))

/** A row's new state, and what becomes of instants that it left behind. */
type Edited = TriggerRow & { skipped?: Occurrence[] }

export function createSteering({
  store,
  clock,
  engine,
  minimumIntervalSeconds,
  hint,
  judgeAgent,
}: SteeringDeps) {
  async function found(workspaceId: number, id: number): Promise<TriggerRow> {
    const row = await triggers.get(store, workspaceId, id)
    if (!row) throw notFound('schedule')
    return row
  }

  /** Throws what a person must mend. `when`: only what decides the instants has changed, so only that is judged again. */
  function judge(
    config: TriggerConfig & { createdAt: number },
    { when, agent }: { when: boolean; agent: boolean },
  ): void {
    const errors: FieldError[] = []
    if (when)
      errors.push(
        ...clockKind(config.kind).judge(whenOf(config), { minimumIntervalSeconds, now: clock.now() }),
      )
    if (agent)
      errors.push(
        ...judgeAgent(
          config.agentId,
          config.agentType,
          JSON.parse(config.context) as Record<string, unknown>,
        ),
      )
    if (errors.length > 0) throw unacceptable(errors)
  }

  /** An edit, made again on the newest row while others edit too. */
  async function edit(
    workspaceId: number,
    id: number,
    by: By,
    make: (row: TriggerRow) => Edited | null,
  ): Promise<TriggerRow> {
    for (let tries = 0; tries < EDIT_TRIES; tries++) {
      const seen = await found(workspaceId, id)
      const edited = make(seen)
      if (!edited) return seen
      const { skipped = [], ...next } = edited
      const now = clock.now()
      const also = occurrencesOf({ workspaceId, triggerId: id, overlap: next.overlap }, skipped, now, {
        revision: seen.revision + 1,
        ...(next.dueAt !== null && { seenDueAt: next.dueAt }),
      })
      const changed = await triggers.change(store, seen, next, { by: by.id, now, also })
      if (changed) {
        hint([workspaceId])
        engine.look()
        return changed
      }
    }
    throw new ProblemError(
      409,
      'This schedule is being changed by somebody else at the same time. Look at it again, then repeat your change.',
    )
  }

  /** Switched on: from now on, with a clean slate; the instants that passed while it was off leave their trace. */
  function resumed(row: TriggerRow): Edited {
    if (row.maxExecutions !== null && row.plannedRuns >= row.maxExecutions) {
      throw unacceptable([
        {
          path: 'maxExecutions',
          message: `has been reached (${row.plannedRuns} planned runs): raise it, or leave it out`,
        },
      ])
    }
    const base = {
      ...row,
      enabled: true,
      pausedAt: null,
      pausedUntil: null,
      pausedReason: null,
      pausedBy: null,
      disabledReason: null,
      problem: null,
      consecutiveFailures: 0,
    }
    const kind = clockKind(row.kind)
    const first = firstInstant(base, whenOf(row), kind, clock.now())
    const passed = row.enabled || row.nextRunAt === null || row.nextRunAt > clock.now().getTime()
    const skipped = passed
      ? []
      : plan({
          trigger: { ...row, dueAt: 0, enabled: false, liveSince: null, ownerLeft: false },
          when: whenOf(row),
          kind,
          now: clock.now(),
          outages: [],
        }).occurrences
    return {
      ...base,
      skipped,
      nextRunAt: first.nextRunAt?.getTime() ?? null,
      dueAt: first.dueAt?.getTime() ?? null,
    }
  }

  const occurrence = (it: Pick<Occurrence, 'key' | 'kind'> & Partial<Occurrence>): Occurrence => ({
    scheduledFor: null,
    status: 'queued',
    availableAt: clock.now(),
    isCatchup: false,
    reason: null,
    reasonCode: null,
    overlapReason: 'Skipped: another run of this schedule was still going.',
    notice: null,
    missedFrom: null,
    missedTo: null,
    missedCount: null,
    ...it,
  })

  async function fireOne(row: TriggerRow, it: Occurrence): Promise<Execution> {
    // Plain SQL and a switching-off make revisions that nobody kept yet; a run must know what it ran with.
    await triggers.keepRevisions(store, [row], clock.now())
    const [fired] = await fireNow(
      store,
      { workspaceId: row.workspaceId, triggerId: row.id, overlap: row.overlap },
      [it],
      clock.now(),
    )
    const execution = fired && (await executions.get(store, row.workspaceId, fired.id))
    if (!execution) throw notFound('schedule')
    hint([row.workspaceId])
    engine.lookAtQueue()
    if (row.overlap === 'cancel_other') await engine.lookForStops()
    return withoutDetail(execution)
  }

  /** False when it does not wait any more. */
  function cancelWaiting(row: executions.ExecutionRow, reason: string): Promise<boolean> {
    const began = row.fence > 0
    return engine.record({
      kind: 'settle',
      executionId: row.id,
      workspaceId: row.workspaceId,
      triggerId: row.triggerId,
      from: 'queued',
      owner: row.owner,
      fence: row.fence,
      attempt: row.attempt,
      status: 'cancelled',
      reason,
      reasonCode: 'cancelled',
      output: null,
      outcome: null,
      error: null,
      tokensUsed: 0,
      cost: 0,
      durationMs: null,
      countsAsFailure: false,
      steps: [],
      message: telling(
        { executionId: row.id, triggerId: row.triggerId, triggerName: row.triggerName },
        `**Cancelled.** ${reason}`,
        clock.now(),
        began,
      ),
      events: began ? ['schedule:failed', 'chat'] : ['schedule:skipped'],
    })
  }

  return {
    async create(workspaceId: number, body: NewTrigger, by: By): Promise<TriggerRow> {
      const now = clock.now()
      const config: TriggerConfig = {
        ...body,
        cronExpression: body.cronExpression ?? null,
        everySeconds: body.everySeconds ?? null,
        at: ms(body.at),
        context: JSON.stringify(body.context),
        startsAt: ms(body.startsAt),
        endsAt: ms(body.endsAt),
      }
      judge({ ...config, createdAt: now.getTime() }, { when: true, agent: true })
      // The jitter depends on the id, which is not known yet: the loop sets the exact moment when it first looks.
      const first = firstInstant(
        { id: 0, ...config, jitterSeconds: 0 },
        whenOf({ ...config, createdAt: now.getTime() }),
        clockKind(config.kind),
        now,
      )
      if (!first.nextRunAt && config.enabled)
        throw unacceptable([
          { path: config.endsAt === null ? 'startsAt' : 'endsAt', message: 'leaves no instant to run at' },
        ])
      const planned = config.enabled
        ? {
            nextRunAt: first.nextRunAt?.getTime() ?? null,
            dueAt: config.jitterSeconds > 0 ? 0 : (first.dueAt?.getTime() ?? null),
          }
        : { nextRunAt: null, dueAt: null }
      const row = await triggers.create(store, workspaceId, { ...config, ...planned }, by.id, now)
      hint([workspaceId])
      engine.look()
      return row
    },

    async change(workspaceId: number, id: number, body: TriggerChange, by: By): Promise<TriggerRow> {
      return edit(workspaceId, id, by, (row) => {
        const kind = body.kind ?? row.kind
        const next: TriggerRow = {
          ...row,
          ...defined(body),
          kind,
          cronExpression: kind === 'schedule' ? (body.cronExpression ?? row.cronExpression) : null,
          everySeconds: kind === 'interval' ? (body.everySeconds ?? row.everySeconds) : null,
          at: kind === 'once' ? (body.at === undefined ? row.at : ms(body.at)) : null,
          context: body.context === undefined ? row.context : JSON.stringify(body.context),
          startsAt: body.startsAt === undefined ? row.startsAt : ms(body.startsAt),
          endsAt: body.endsAt === undefined ? row.endsAt : ms(body.endsAt),
        }
        if (next.startsAt !== null && next.endsAt !== null && next.endsAt <= next.startsAt)
          throw unacceptable([{ path: 'endsAt', message: 'must be after startsAt' }])
        const whenChanged = (
          [
            'kind',
            'cronExpression',
            'timezone',
            'everySeconds',
            'at',
            'startsAt',
            'endsAt',
            'jitterSeconds',
          ] as const
        ).some((field) => next[field] !== row[field])
        const switchedOn = next.enabled && (!row.enabled || row.problem !== null)
        judge(next, {
          when: whenChanged || switchedOn,
          agent:
            next.agentId !== row.agentId || next.agentType !== row.agentType || next.context !== row.context,
        })
        if (!next.enabled)
          return row.enabled
            ? {
                ...next,
                dueAt: null,
                pausedAt: clock.now().getTime(),
                pausedReason: `Switched off by ${by.name}.`,
                pausedBy: by.id,
                pausedUntil: null,
              }
            : next
        if (switchedOn) return resumed(next)
        if (!whenChanged) return next
        const first = firstInstant(next, whenOf(next), clockKind(next.kind), clock.now())
        return {
          ...next,
          problem: null,
          nextRunAt: first.nextRunAt?.getTime() ?? null,
          dueAt: first.dueAt?.getTime() ?? null,
        }
      })
    },

    async toggle(
      workspaceId: number,
      id: number,
      body: BodyOf<Api['toggleSchedule']>,
      by: By,
    ): Promise<TriggerRow> {
      return edit(workspaceId, id, by, (row) => {
        const enabled = body.enabled ?? !row.enabled
        if (enabled) {
          if (row.enabled && row.problem === null) return null
          judge(row, { when: true, agent: false })
          return resumed(row)
        }
        const until = ms(body.until)
        if (until !== null && until <= clock.now().getTime())
          throw unacceptable([{ path: 'until', message: 'must be an instant to come' }])
        if (!row.enabled && until === null && body.reason === undefined) return null
        return {
          ...row,
          enabled: false,
          dueAt: until,
          pausedAt: row.pausedAt ?? clock.now().getTime(),
          pausedUntil: until,
          pausedReason: body.reason ?? `Paused by ${by.name}.`,
          pausedBy: by.id,
          disabledReason: null,
        }
      })
    },

    async remove(workspaceId: number, id: number): Promise<void> {
      const row = await found(workspaceId, id)
      if (!(await triggers.remove(store, row, clock.now()))) throw notFound('schedule')
      hint([workspaceId])
    },

    async runNow(
      workspaceId: number,
      id: number,
      body: BodyOf<Api['runSchedule']>,
      requestId: string = randomUUID(),
    ): Promise<Execution> {
      const row = await found(workspaceId, id)
      const context = body.context && JSON.stringify(body.context)
      if (body.context) judge({ ...row, context: JSON.stringify(body.context) }, { when: false, agent: true })
      return fireOne(
        row,
        occurrence({ key: `manual:${requestId}`, kind: 'manual', context: context ?? null }),
      )
    },

    async backfill(
      workspaceId: number,
      id: number,
      body: BodyOf<Api['backfillSchedule']>,
    ): Promise<AnswerOf<Api['backfillSchedule']>> {
      const row = await found(workspaceId, id)
      const faults = faultsOf(row)
      if (faults.length > 0) throw unacceptable(faults)
      const from = new Date(Date.parse(body.from) - 1)
      const to = new Date(body.to)
      if (to > clock.now())
        throw unacceptable([
          { path: 'to', message: 'must not be in the future: what is to come is planned already' },
        ])
      const kind = clockKind(row.kind)
      const instants: Date[] = []
      for (
        let at = kind.next(whenOf(row), from);
        at && at <= to && instants.length <= MOST_BACKFILLED;
        at = kind.next(whenOf(row), at)
      )
        instants.push(at)
      const truncated = instants.length > MOST_BACKFILLED
      const chosen = instants.slice(0, MOST_BACKFILLED)
      const answer = { instants: chosen.map((it) => it.toISOString()), truncated }
      if (body.dryRun || chosen.length === 0) return { ...answer, created: 0, alreadyThere: 0 }
      await triggers.keepRevisions(store, [row], clock.now())
      let created = 0
      const startedAt = clock.now()
      await triggers.keepRevisions(store, [row], startedAt)
      for (let i = 0; i < chosen.length; i += 50) {
        const page = chosen.slice(i, i + 50).map((at) =>
          occurrence({
            key: at.toISOString(),
            kind: 'backfill',
            scheduledFor: at,
            isCatchup: true,
            reason: 'Backfilled.',
          }),
        )
        const fired = await fireNow(
          store,
          { workspaceId, triggerId: row.id, overlap: row.overlap },
          page,
          startedAt,
        )
        for (const { id } of fired) {
          const it = await executions.find(store, workspaceId, id)
          if (it?.kind === 'backfill' && it.queuedAt === startedAt.getTime()) created++
        }
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
      hint([workspaceId])
      engine.lookAtQueue()
      return { ...answer, created, alreadyThere: chosen.length - created }
    },

    async cancel(workspaceId: number, id: number, by: By): Promise<Execution> {
      const reason = `Cancelled by ${by.name}.`
      // It may be claimed, or put back, between the look and the word: then it is looked at again.
      for (let tries = 0, heard = false; !heard && tries < EDIT_TRIES; tries++) {
        const row = await executions.find(store, workspaceId, id)
        if (!row) throw notFound('execution')
        if (row.status !== 'queued' && row.status !== 'running')
          throw new ProblemError(409, `This execution has ended already: it is "${row.status}".`)
        heard =
          row.status === 'queued'
            ? await cancelWaiting(row, reason)
            : await executions.askToStop(store, workspaceId, id, reason, clock.now())
      }
      await engine.lookForStops()
      const after = await executions.get(store, workspaceId, id)
      if (!after) throw notFound('execution')
      return withoutDetail(after)
    },

    async retry(workspaceId: number, id: number, requestId: string = randomUUID()): Promise<Execution> {
      const row = await executions.find(store, workspaceId, id)
      if (!row) throw notFound('execution')
      if (row.status === 'queued' || row.status === 'running')
        throw new ProblemError(409, `This execution has not ended yet: it is "${row.status}".`)
      const trigger = await triggers.get(store, workspaceId, row.triggerId)
      if (!trigger) throw new ProblemError(409, 'Its schedule was deleted: it cannot run again.')
      const context = row.context ?? (row.config ? (JSON.parse(row.config) as TriggerConfig).context : null)
      return fireOne(
        trigger,
        occurrence({
          key: `retry:${requestId}`,
          kind: 'retry',
          scheduledFor: row.scheduledFor === null ? null : new Date(row.scheduledFor),
          context,
          retryOf: row.id,
        }),
      )
    },
  }
}

const defined = <T extends object>(body: T) =>
  Object.fromEntries(Object.entries(body).filter(([, it]) => it !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
const withoutDetail = ({
  steps: _steps,
  config: _config,
  owner: _owner,
  outcome: _outcome,
  ...execution
}: ExecutionDetail): Execution => execution
