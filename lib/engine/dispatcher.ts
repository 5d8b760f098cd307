/**
 * The loop: fires what is due, hands over, sleeps until the next instant.
 *
 * Promise: an occurrence becomes at most one execution, however many dispatchers are alive (it rests on the unique key and the guarded advance, not on timing);
 * the loop outlives every error; it costs what is due, not what exists; a clock that jumps and a process that was frozen lead to one decision a trigger.
 */
import type { Logger } from 'pino'
import { coming, type DueTrigger, due, fire, nextDue, type Plan } from '#db/queries/firing.ts'
import { byIds, keepRevisions } from '#db/queries/triggers.ts'
import { addOutage, globalPause, outages } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'
import { clockKind, whenOf } from '../triggers/index.ts'
import { plan } from './planning.ts'
import { LATE_MS } from './policies.ts'

const PAGE = 250
const LONGEST_SLEEP_MS = seconds(30)
const RETRY_MS = seconds(1)
/** How often rows of another process are looked for, and how far ahead instants are computed. */
const FOREIGN_POLL_MS = seconds(1)
const AHEAD_MS = seconds(35)
const MOST_AHEAD = 20_000
const SLICE_MS = 8
/** Of a herd that several servers see, each takes pages at random places: a page that another fires at the same time is work for nothing. */
const PAGES_APART = 8

/** A pattern can take milliseconds, and a long gap tens of them: after each slice of time others have their turn. */
async function inSlices<Item>(items: Item[], act: (it: Item) => void): Promise<void> {
  let sliceEndsMs = performance.now() + SLICE_MS
  for (const it of items) {
    act(it)
    if (performance.now() <= sliceEndsMs) continue
    await new Promise<void>((resolve) => setImmediate(resolve))
    sliceEndsMs = performance.now() + SLICE_MS
  }
}

export interface Dispatcher {
  start(): void
  /** Something changed: look now rather than at the end of the sleep. Nothing depends on it. */
  nudge(): void
  /** Fires all that is due. Answers how many triggers were looked at. */
  tick(): Promise<number>
  stop(): Promise<void>
  readonly lastTickAt: Date | null
  /** Nothing is under way: it waits for its next instant. */
  readonly asleep: boolean
  readonly problem: string | null
}

interface Deps {
  store: Store
  clock: Clock
  log: Logger
  minimumIntervalSeconds: number
  /** No other server can fire. */
  alone: boolean
  /** In [0, 1). */
  chance(): number
  /** Executions were queued, or may wait: the queue looks. */
  handOver(): void
  /** Events were written in these workspaces. */
  hint(workspaceIds: number[]): void
  /** The wall clock went back by so much, in milliseconds. */
  wentBack(byMs: number): Promise<void>
}

export function createDispatcher({
  store,
  clock,
  log,
  minimumIntervalSeconds,
  alone,
  chance,
  handOver,
  hint,
  wentBack,
}: Deps): Dispatcher {
  let open = false
  let ticking: Promise<void> | null = null
  let again = false
  let callOff: (() => void) | null = null
  let callOffPoll: (() => void) | null = null
  let lastTickAt: Date | null = null
  let problem: string | null = null
  let computedUntil = 0
  let foreign = store.foreignWrites()

  /** A row that plain SQL wrote may be anything: judge it before it is planned, and put it aside with the reason. */
  function judged(trigger: DueTrigger, now: Date): string | null {
    if (trigger.dueAt !== 0) return null
    const errors = clockKind(trigger.kind).judge(whenOf(trigger), {
      minimumIntervalSeconds,
      now: new Date(trigger.createdAt - 1),
    })
    return errors.length === 0
      ? null
      : `${errors.map((it) => `${it.path}: ${it.message}`).join(' ')} (looked at ${now.toISOString()})`
  }

  /** Put aside with the reason, which the UI shows; whoever edits the trigger brings it back. */
  const aside = (
    {
      triggerId,
      workspaceId,
      seenDueAt,
      revision,
      overlap,
    }: Pick<Plan, 'triggerId' | 'workspaceId' | 'seenDueAt' | 'revision' | 'overlap'>,
    problem: string,
  ): Plan => ({
    triggerId,
    workspaceId,
    seenDueAt,
    revision,
    overlap,
    occurrences: [],
    nextRunAt: null,
    dueAt: null,
    plannedRuns: 0,
    enabled: true,
    resumed: false,
    disabledReason: null,
    problem,
  })

  function planOf(trigger: DueTrigger, now: Date, gaps: Awaited<ReturnType<typeof outages>>): Plan {
    const seen = { ...trigger, triggerId: trigger.id, seenDueAt: trigger.dueAt }
    try {
      const problem = judged(trigger, now)
      return problem
        ? aside(seen, problem)
        : plan({ trigger, when: whenOf(trigger), kind: clockKind(trigger.kind), now, outages: gaps })
    } catch (error) {
      log.error({ err: error, scheduleId: trigger.id }, 'A trigger could not be planned.')
      return aside(seen, `It could not be planned: ${(error as Error).message}`)
    }
  }

  /** A row that the database refuses does not take its page down with it. */
  async function record(plans: Plan[], now: Date): Promise<void> {
    try {
      await fire(store, plans, now)
    } catch (error) {
      const [only, ...others] = plans
      if (!only || (error instanceof Error && error.name === 'StoreUnavailable')) throw error
      if (others.length > 0) {
        for (const it of plans) await record([it], now)
      } else {
        log.error({ err: error, scheduleId: only.triggerId }, 'The database refused what a trigger fires.')
        await fire(
          store,
          [aside(only, `What it fires could not be recorded: ${(error as Error).message}`)],
          now,
        )
      }
    }
  }

  async function firePage(now: Date, offset: number): Promise<number> {
    const page = await due(store, now, PAGE, offset)
    if (page.length === 0) return 0
    const unplanned = page.filter((it) => it.dueAt === 0).map((it) => it.id)
    if (unplanned.length > 0) await keepRevisions(store, await byIds(store, unplanned), now)
    const oldest = page.reduce((least, it) => Math.min(least, it.nextRunAt ?? now.getTime()), now.getTime())
    const gaps = oldest < now.getTime() - LATE_MS / 2 ? await outages(store, new Date(oldest)) : []
    const plans: Plan[] = []
    await inSlices(page, (it) => plans.push(planOf(it, now, gaps)))
    await record(plans, now)
    for (const it of plans) {
      if (it.occurrences.length > 0)
        log.info(
          {
            scheduleId: it.triggerId,
            occurrences: it.occurrences.map((one) => ({ at: one.key, status: one.status })),
            nextRunAt: it.nextRunAt,
          },
          '[AgentScheduler] fired',
        )
      if (it.problem) log.warn({ scheduleId: it.triggerId, problem: it.problem }, 'A schedule was put aside.')
    }
    hint([...new Set(plans.map((it) => it.workspaceId))])
    return page.length
  }

  /** A wall clock that moved while nothing ran: remembered, so that missed instants can say why. */
  async function noticeGap(now: Date): Promise<void> {
    const last = lastTickAt
    lastTickAt = now
    if (!last) return
    const gapMs = now.getTime() - last.getTime()
    if (gapMs > LONGEST_SLEEP_MS + LATE_MS / 2) {
      log.warn(
        { from: last, to: now },
        'Nothing could fire for a while: the computer slept, the process was frozen, or the clock was moved.',
      )
      await addOutage(store, {
        kind: 'asleep',
        reason: 'The server could not act.',
        startedAt: last,
        endedAt: now,
      })
    }
    if (gapMs < -seconds(5)) await wentBack(-gapMs)
  }

  async function tick(): Promise<number> {
    let looked = 0
    await noticeGap(clock.now())
    if (!(await globalPause(store))) {
      for (let more = true, herd = false; more; ) {
        // The process may be frozen between any two pages.
        const now = clock.now()
        await noticeGap(now)
        const offset = herd && !alone ? PAGE * Math.floor(chance() * PAGES_APART) : 0
        const found = await firePage(now, offset)
        herd = found === PAGE
        more = herd || offset > 0
        looked += found
        if (found > 0) handOver()
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
    }
    handOver()
    return looked
  }

  /** Computes the instants that follow those due soon, in slices, so that a herd finds them ready. */
  async function computeAhead(next: Date): Promise<void> {
    const now = clock.now()
    if (next.getTime() > now.getTime() + AHEAD_MS || next.getTime() < computedUntil) return
    computedUntil = next.getTime() + 1
    await inSlices(await coming(store, now, new Date(next.getTime() + seconds(1)), MOST_AHEAD), (it) => {
      clockKind('schedule').next(
        {
          cronExpression: it.cronExpression,
          timezone: it.timezone,
          everySeconds: null,
          at: null,
          anchor: now,
        },
        new Date(it.nextRunAt),
      )
    })
  }

  async function round(): Promise<void> {
    let sleepMs = LONGEST_SLEEP_MS
    try {
      await tick()
      const next = await nextDue(store)
      if (next) sleepMs = Math.min(sleepMs, Math.max(0, next.getTime() - clock.now().getTime()))
      if (problem) log.info('The scheduler fires again.')
      problem = null
      if (next && sleepMs > 0) await computeAhead(next)
      if (next) sleepMs = Math.min(LONGEST_SLEEP_MS, Math.max(0, next.getTime() - clock.now().getTime()))
      if (next && sleepMs === 0 && (await globalPause(store))) sleepMs = LONGEST_SLEEP_MS
    } catch (error) {
      if (!problem) log.error({ err: error }, 'A tick failed; nothing is lost, the next one tries again.')
      problem = (error as Error).message
      sleepMs = RETRY_MS
    }
    ticking = null
    if (!open) return
    callOff = clock.after(again ? 0 : sleepMs, wake)
    again = false
  }

  function wake(): void {
    callOff?.()
    callOff = null
    if (!open) return
    if (ticking) again = true
    else ticking = round()
  }

  function pollForeign(): void {
    if (!open) return
    const version = store.foreignWrites()
    if (version !== foreign) {
      foreign = version
      wake()
    }
    callOffPoll = clock.after(FOREIGN_POLL_MS, pollForeign)
  }

  return {
    start() {
      open = true
      wake()
      if (foreign !== null) pollForeign()
    },
    nudge: wake,
    tick,
    async stop() {
      open = false
      callOff?.()
      callOffPoll?.()
      await ticking
    },
    get asleep() {
      return ticking === null
    },
    get lastTickAt() {
      return lastTickAt
    },
    get problem() {
      return problem
    },
  }
}
