/**
 * The loop: fires what is due, lets the queue look, sleeps until the next instant.
 *
 * Promise: it outlives every error; it costs what is due, not what exists; a clock that jumps and a process
 * that was frozen lead to one decision a trigger.
 */
import type { Logger } from 'pino'
import type { ClaimedRow } from '#db/queries/claiming.ts'
import { nextDue } from '#db/queries/due.ts'
import type { Taking } from '#db/queries/firing.ts'
import { globalPause } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'
import { createLookAhead } from './ahead.ts'
import { type FiredPage, firePage, PAGE } from './page.ts'
import { LONGEST_SLEEP_MS } from './sleeping-through.ts'
import { turnOfOthers } from './slices.ts'
import { WORTH_A_WORD_MS, type WentBack } from './went-back.ts'

const RETRY_MS = seconds(1)
const LOOKS_AT_LOCKED = 20
/** How often rows of another process are looked for. */
const FOREIGN_POLL_MS = seconds(1)
/**
 * Of a herd that several servers see, each takes pages at random places: a page that another fires at the
 * same time is work for nothing.
 */
const PAGES_APART = 8

export interface Loop {
  start(): void
  /** Something changed: look now instead of at the end of the sleep. Nothing depends on it. */
  look(): void
  /** Fires all that is due. Answers how many triggers were looked at. */
  tick(): Promise<number>
  stop(): Promise<void>
  readonly lastTickAt: Date | null
  /** When the page began that may have claimed and is not answered yet; null between pages. */
  readonly claimingSince: Date | null
  /** Nothing is under way: it waits for its next instant. */
  readonly asleep: boolean
  readonly problem: string | null
}

export interface LoopDeps {
  store: Store
  clock: Clock
  log: Logger
  minimumIntervalSeconds: number
  /** In [0, 1). */
  chance(): number
  /** What may be claimed in the transaction that fires; null: nothing. */
  taking(): Taking | null
  /** What has happened so far is held against the triggers that wait for it. */
  matchFirst(): Promise<unknown>
  /** Begins what was claimed so. */
  begin(claimed: ClaimedRow[]): void
  /** Executions were queued, or may wait. */
  lookAtQueue(): void
  /** Events were written in these workspaces. */
  hint(workspaceIds: number[]): void
  /** The wall clock went back by so much, at the earliest at `since`. */
  wentBack: WentBack
  /** What was slept through is remembered, so that missed instants can say why. */
  noticeSleep(): Promise<void>
}

export function createLoop(deps: LoopDeps): Loop {
  const { store, clock } = deps
  let open = false
  let round: Promise<void> | null = null
  let again = false
  let callOff: (() => void) | null = null
  const ticking = createTicking(deps)
  const sleeping = createSleeping(deps, ticking)
  const foreign = watchForeignWrites(store, clock, look)

  async function once(): Promise<void> {
    const sleepMs = await sleeping.tickAndDecide()
    round = null
    if (!open) return
    callOff = clock.after(again ? 0 : sleepMs, look)
    again = false
  }

  function look(): void {
    callOff?.()
    callOff = null
    if (!open) return
    if (round) again = true
    else round = once()
  }

  return {
    start() {
      open = true
      // Before the first look: what is written after it is news.
      foreign.start()
      look()
    },
    look,
    tick: ticking.tick,
    async stop() {
      open = false
      callOff?.()
      foreign.stop()
      await round
    },
    get asleep() {
      return round === null
    },
    get lastTickAt() {
      return ticking.lastAt
    },
    get claimingSince() {
      return ticking.claimingSince
    },
    get problem() {
      return sleeping.problem
    },
  }
}

/** A tick, and how long to sleep after it: until the next instant, or a moment where it failed. */
function createSleeping(
  { store, clock, log }: LoopDeps,
  ticking: Pick<ReturnType<typeof createTicking>, 'tick' | 'pauseMs'>,
) {
  const computeAhead = createLookAhead({ store, clock })
  let problem: string | null = null

  const untilMs = (next: Date) => Math.max(0, next.getTime() - clock.now().getTime())

  async function tickAndDecide(): Promise<number> {
    try {
      await ticking.tick()
      const next = await nextDue(store)
      if (problem) log.info('The scheduler fires again.')
      problem = null
      if (!next) return LONGEST_SLEEP_MS
      if (untilMs(next) > 0) await computeAhead(next)
      const sleepMs = Math.min(LONGEST_SLEEP_MS, Math.max(ticking.pauseMs, untilMs(next)))
      return sleepMs === 0 && (await globalPause(store)) ? LONGEST_SLEEP_MS : sleepMs
    } catch (error) {
      if (!problem) log.error({ err: error }, 'A tick failed; nothing is lost, the next one tries again.')
      problem = (error as Error).message
      return RETRY_MS
    }
  }

  return {
    tickAndDecide,
    get problem() {
      return problem
    },
  }
}

/** Page after page while something is due. */
function createTicking(deps: LoopDeps) {
  const { store, clock, chance, lookAtQueue, hint } = deps
  let lastAt: Date | null = null
  let lastMs = 0
  let claimingSince: Date | null = null
  let timesLocked = 0

  async function noticeTime(now: Date): Promise<void> {
    const last = lastAt
    const passedMs = clock.monotonicMs() - lastMs
    lastAt = now
    lastMs += passedMs
    const gapMs = last ? now.getTime() - last.getTime() : passedMs
    if (gapMs < passedMs - WORTH_A_WORD_MS)
      await deps.wentBack(passedMs - gapMs, new Date(now.getTime() - passedMs))
    await deps.noticeSleep()
  }

  /** What is claimed with the page counts as under way until it is in the set of runs. */
  async function fireAndBegin(now: Date, offset: number): Promise<FiredPage> {
    claimingSince = now
    try {
      const fired = await firePage(deps, now, offset)
      if (fired.begun.length > 0) deps.begin(fired.begun)
      return fired
    } finally {
      claimingSince = null
    }
  }

  async function firePages(): Promise<number> {
    let looked = 0
    for (let more = true, herd = false; more; ) {
      // The process may be frozen between any two pages.
      const now = clock.now()
      await noticeTime(now)
      const offset = herd && store.shared ? PAGE * Math.floor(chance() * PAGES_APART) : 0
      const { found, workspaceIds, passedOver: locked } = await fireAndBegin(now, offset)
      timesLocked = locked > 0 ? timesLocked + 1 : 0
      herd = found === PAGE && locked < PAGE
      more = herd || offset > 0
      looked += found
      if (found > 0) {
        hint(workspaceIds)
        lookAtQueue()
      }
      await turnOfOthers()
    }
    return looked
  }

  return {
    async tick(): Promise<number> {
      await noticeTime(clock.now())
      const looked = (await globalPause(store)) ? 0 : await firePages()
      lookAtQueue()
      return looked
    },
    get lastAt() {
      return lastAt
    },
    /** What somebody has locked stays due: most are free at the next look, and others are not asked for all day. */
    get pauseMs() {
      return timesLocked > LOOKS_AT_LOCKED ? RETRY_MS : 0
    },
    get claimingSince() {
      return claimingSince
    },
  }
}

/** Calls `look` when another process has written; a database that tells of changes itself is not asked. */
function watchForeignWrites({ foreignWrites }: Store, clock: Clock, look: () => void) {
  let seen: number | null = null
  let open = false
  let callOff: (() => void) | null = null

  async function poll(ask: () => Promise<number>): Promise<void> {
    // A database that does not answer is the loop's to notice.
    const version = await ask().catch(() => seen)
    if (!open) return
    if (seen !== null && version !== seen) look()
    seen = version
    callOff = clock.after(FOREIGN_POLL_MS, () => void poll(ask))
  }

  return {
    start() {
      open = true
      if (foreignWrites) void poll(foreignWrites)
    },
    stop() {
      open = false
      callOff?.()
    },
  }
}
