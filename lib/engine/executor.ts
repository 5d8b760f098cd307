/**
 * Carries claimed executions out: load, perform, settle.
 *
 * Promise: whatever an agent does (throws, hangs, ignores its signal, answers twice), its execution is settled once and its slot is free again.
 * A run that starts and ends in the same moment is written once.
 */
import type { Logger } from 'pino'
import type { ClaimedRow } from '#db/queries/claiming.ts'
import type { Announcement, Hold, Requeue, Settlement, StepRow } from '#db/queries/settling.ts'
import type { TriggerConfig } from '#db/queries/triggers.ts'
import type { AgentResult, Task } from '../agents/agent.ts'
import { type Clock, seconds } from '../clock.ts'
import type { ReasonCode } from '../contract/execution.ts'
import type { Ledger } from './ledger.ts'
import { backoffMs, mayRepeat, mayRetry } from './policies.ts'
import { isPosted, telling } from './telling.ts'

/** How long an agent may take to heed its signal before it is left behind. */
const STUCK_MS = seconds(5)
/** Steps said in between are told together, so that a talkative agent does not flood the chat. */
const STEP_PAUSE_MS = 300
const MOST_STEPS = 1000
const MOST_TEXT = 64 * 1024

/** How an agent is found and run: handed in by the composition root. */
export interface AgentPort {
  /** Never throws: what can be expected is a value. `say` is live; the rest of the task is in `claimed`. */
  perform(
    claimed: ClaimedRow,
    context: Record<string, unknown>,
    signal: AbortSignal,
    say: Task<unknown>['say'],
  ): Promise<Performed>
  safeToRepeat(agentId: string): boolean
}
export type Performed =
  | { kind: 'done'; result: AgentResult }
  | { kind: 'failed'; error: string; reasonCode: ReasonCode; transient: boolean }

/** Why a run is asked to stop. `lost`: its server was out of touch for so long that another may have taken it. */
export type Stop = { code: 'timeout' | 'cancelled' | 'superseded' | 'shutdown' | 'lost'; reason: string }

export interface Executor {
  /** Starts what was claimed; returns at once. */
  begin(claimed: ClaimedRow[]): void
  stop(executionId: number, stop: Stop): void
  stopAll(stop: Stop): void
  readonly running: number
  /** Ids of the executions that are carried out here, up to the moment their outcome is stored. */
  carriedOut(): number[]
  /** It began here and was left without an outcome: this server was out of touch, or the outcome could not be stored. */
  wasLeftBehind(executionId: number, fence: number): boolean
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>
}

interface Deps {
  clock: Clock
  log: Logger
  ledger: Ledger
  agents: AgentPort
  owner: string
  chance(): number
  freed(): void
}

export function createExecutor({ clock, log, ledger, agents, owner, chance, freed }: Deps): Executor {
  const running = new Map<number, { controller: AbortController; announce(): void }>()
  const idleWaiters: (() => void)[] = []
  const leftBehind = new Map<number, number>()

  function run(claimed: ClaimedRow): Promise<void> {
    const config = JSON.parse(claimed.config ?? '{}') as Partial<TriggerConfig>
    const retries = config.retries ?? 0
    const post = config.post ?? 'always'
    const startedMs = clock.monotonicMs()
    const controller = new AbortController()
    const hold: Hold = {
      executionId: claimed.id,
      workspaceId: claimed.workspaceId,
      triggerId: claimed.triggerId,
      from: 'running',
      owner,
      fence: claimed.fence,
      attempt: claimed.attempt,
    }
    const told = { executionId: claimed.id, triggerId: claimed.triggerId, triggerName: claimed.triggerName }
    // An earlier attempt's steps keep their numbers; this attempt's follow in a block of their own.
    let stepNumber = (claimed.attempt - 1) * (MOST_STEPS + 10)
    const lastStep = stepNumber + MOST_STEPS
    const unsaid: StepRow[] = []
    let pauseOver: (() => void) | null = null
    let announced = false
    let ended = false

    const steps = () => unsaid.splice(0)
    const entry = <Kind extends 'announce' | 'settle' | 'requeue'>(kind: Kind) => ({
      kind,
      ...hold,
      steps: steps(),
    })
    const opening = () => (announced ? [] : (['schedule:started'] as const))

    function announce() {
      if (ended || announced) return
      const first = opening()
      announced = true
      const message =
        post === 'always' ? telling(told, unsaid.at(-1)?.text ?? 'Running …', clock.now()) : null
      const it: Announcement = {
        ...entry('announce'),
        message,
        events: [...first, ...(message ? (['chat'] as const) : [])],
      }
      ledger.add(it).catch(() => {})
    }

    function say(text: string, data: unknown = null, kind = 'step') {
      if (ended || stepNumber >= lastStep) return
      unsaid.push({ n: ++stepNumber, at: clock.now(), kind, text: shortened(text), data })
      pauseOver ??= clock.after(STEP_PAUSE_MS, () => {
        pauseOver = null
        if (ended || unsaid.length === 0) return
        announce()
        if (unsaid.length === 0) return
        const message = post === 'always' ? telling(told, unsaid.at(-1)?.text ?? '', clock.now()) : null
        ledger.add({ ...entry('announce'), message, events: ['execution:progress'] }).catch(() => {})
      })
    }

    const timeoutSeconds = config.timeoutSeconds ?? 300
    const timeOver = clock.after(seconds(timeoutSeconds), () =>
      controller.abort({
        code: 'timeout',
        reason: `It took longer than ${timeoutSeconds} ${timeoutSeconds === 1 ? 'second' : 'seconds'}.`,
      } satisfies Stop),
    )
    running.set(claimed.id, { controller, announce })

    async function perform(): Promise<void> {
      if (claimed.cancelRequestedAt !== null) {
        const superseded = claimed.cancelReason === 'superseded'
        controller.abort({
          code: superseded ? 'superseded' : 'cancelled',
          reason: superseded
            ? 'Cancelled: a newer run took its place.'
            : (claimed.cancelReason ?? 'Cancelled.'),
        } satisfies Stop)
      }
      const performed = controller.signal.aborted
        ? null
        : await Promise.race([performAgent(), unheeding(controller.signal)])
      const stopped = controller.signal.aborted ? (controller.signal.reason as Stop) : null
      const finishedAnyway = performed?.kind === 'done' && stopped?.code === 'shutdown'
      if (stopped && !finishedAnyway) return end(outcomeOfStop(stopped))
      if (performed) return end(performed)
    }

    async function performAgent(): Promise<Performed> {
      const text = claimed.context ?? config.context ?? '{}'
      let context: Record<string, unknown>
      try {
        context = JSON.parse(text) as Record<string, unknown>
      } catch (error) {
        // Plain SQL may have written any text.
        return {
          kind: 'failed',
          error: `The context is not JSON: ${(error as Error).message}`,
          reasonCode: 'bad_input',
          transient: false,
        }
      }
      return agents.perform(claimed, context, controller.signal, say)
    }

    /** What nobody foresaw, up to an outcome that cannot be stored, still ends the run, with the little that is certain. */
    function fallen(error: unknown): Promise<void> {
      log.error({ err: error, executionId: claimed.id }, 'An execution could not be carried out.')
      return end({
        kind: 'failed',
        error: error instanceof Error ? error.message : String(error),
        reasonCode: 'agent_error',
        transient: false,
      })
    }

    function outcomeOfStop(stopped: Stop): Performed | Stop {
      return stopped.code === 'timeout'
        ? { kind: 'failed', error: stopped.reason, reasonCode: 'timeout', transient: true }
        : stopped
    }

    /** Resolves when an agent that was asked to stop has had its time to do so. */
    function unheeding(signal: AbortSignal): Promise<null> {
      return new Promise((resolve) => {
        const wait = () => clock.after(STUCK_MS, () => resolve(null))
        if (signal.aborted) wait()
        else signal.addEventListener('abort', wait, { once: true })
      })
    }

    async function end(how: Performed | Stop): Promise<void> {
      const durationMs = Math.max(0, Math.round(clock.monotonicMs() - startedMs))
      if ('code' in how && how.code === 'lost') {
        ended = true
        leftBehind.set(claimed.id, claimed.fence)
        log.warn(
          { executionId: claimed.id, fence: claimed.fence },
          'Left an execution behind: this server was out of touch too long.',
        )
        return
      }
      const it =
        'code' in how
          ? afterStop(how, durationMs)
          : how.kind === 'done'
            ? success(how.result, durationMs)
            : failure(how, durationMs)
      ended = true
      if (await ledger.add(it)) {
        log.info(
          {
            executionId: claimed.id,
            scheduleId: claimed.triggerId,
            status: it.kind === 'settle' ? it.status : 'queued',
            reasonCode: it.reasonCode,
            durationMs,
            latenessMs: claimed.latenessMs,
          },
          `[AgentScheduler] ${claimed.triggerName}: ${it.kind === 'settle' ? it.status : 'will be tried again'}`,
        )
      } else {
        log.warn(
          { executionId: claimed.id, fence: claimed.fence },
          'A late result was refused: the execution has another owner.',
        )
      }
    }

    function success(result: AgentResult, durationMs: number): Settlement {
      const output = shortened(result.text)
      const include = isPosted(post, {
        failed: false,
        notable: result.notable !== false,
        changed: output !== claimed.lastOutput,
      })
      return settled(durationMs, {
        status: 'success',
        output,
        outcome: result.outcome ?? null,
        tokensUsed: result.usage?.tokensUsed ?? 0,
        cost: result.usage?.cost ?? 0,
        events: [...opening(), 'schedule:completed', 'chat'],
        message: telling(told, output, clock.now(), include),
      })
    }

    function failure(
      failed: Extract<Performed, { kind: 'failed' }>,
      durationMs: number,
    ): Settlement | Requeue {
      const error = shortened(failed.error)
      if (mayRetry({ transient: failed.transient, attempt: claimed.attempt, retries }))
        return again(
          `Attempt ${claimed.attempt} failed: ${error}`,
          failed.reasonCode,
          error,
          backoffMs(claimed.attempt, chance()),
        )
      return settled(durationMs, {
        status: 'failed',
        error,
        reason: error,
        reasonCode: failed.reasonCode,
        countsAsFailure: true,
        events: [...opening(), 'schedule:failed', 'chat'],
        message: telling(told, `**Failed:** ${error}`, clock.now()),
      })
    }

    function afterStop(stop: Stop, durationMs: number): Settlement | Requeue {
      if (stop.code === 'shutdown') {
        const safeToRepeat = agents.safeToRepeat(claimed.agentId)
        if (mayRepeat({ attempt: claimed.attempt, retries, safeToRepeat }))
          return again('The server was stopped while it ran.', 'shutdown', null, 0)
        return settled(durationMs, {
          status: 'failed',
          reason: stop.reason,
          reasonCode: 'shutdown',
          error: stop.reason,
          events: [...opening(), 'schedule:failed', 'chat'],
          message: telling(told, `**Interrupted:** ${stop.reason}`, clock.now()),
        })
      }
      return settled(durationMs, {
        status: 'cancelled',
        reason: stop.reason,
        reasonCode: stop.code === 'superseded' ? 'superseded' : 'cancelled',
        events: [...opening(), 'schedule:failed', 'chat'],
        message: telling(told, `**Cancelled.** ${stop.reason}`, clock.now()),
      })
    }

    function settled(
      durationMs: number,
      it: Partial<Settlement> & Pick<Settlement, 'status' | 'events' | 'message'>,
    ): Settlement {
      return {
        ...entry('settle'),
        durationMs,
        reason: null,
        reasonCode: null,
        output: null,
        outcome: null,
        error: null,
        tokensUsed: 0,
        cost: 0,
        countsAsFailure: false,
        ...it,
      }
    }

    function again(reason: string, reasonCode: ReasonCode, error: string | null, delayMs: number): Requeue {
      say(reason, null, 'retry')
      const availableAt = new Date(clock.now().getTime() + delayMs)
      const message =
        post === 'always' ? telling(told, `${reason} It will be tried again.`, clock.now()) : null
      return {
        ...entry('requeue'),
        nextAttempt: claimed.attempt + 1,
        availableAt,
        reason,
        reasonCode,
        error,
        message,
        events: [...opening(), 'execution:progress', ...(message ? (['chat'] as const) : [])],
      }
    }

    return perform()
      .catch(fallen)
      .catch((error) => {
        leftBehind.set(claimed.id, claimed.fence)
        log.error({ err: error, executionId: claimed.id }, 'An execution could not be settled.')
      })
      .finally(() => {
        ended = true
        timeOver()
        pauseOver?.()
        running.delete(claimed.id)
      })
  }

  return {
    begin(claimed) {
      for (const it of claimed) {
        leftBehind.delete(it.id)
        void run(it).then(() => {
          freed()
          if (running.size === 0) for (const resolve of idleWaiters.splice(0)) resolve()
        })
      }
      // What has not ended by now takes its time: the chat hears that it began.
      setImmediate(() => {
        for (const { id } of claimed) running.get(id)?.announce()
      })
    },
    stop: (executionId, stop) => running.get(executionId)?.controller.abort(stop),
    stopAll(stop) {
      for (const { controller } of running.values()) if (!controller.signal.aborted) controller.abort(stop)
    },
    get running() {
      return running.size
    },
    carriedOut: () => [...running.keys()],
    wasLeftBehind: (executionId, fence) => leftBehind.get(executionId) === fence,
    idle: () =>
      running.size === 0 ? Promise.resolve() : new Promise((resolve) => void idleWaiters.push(resolve)),
  }
}

const shortened = (text: string) =>
  (text.length <= MOST_TEXT
    ? text
    : `${text.slice(0, MOST_TEXT)}\n\n… shortened: it was ${text.length} characters long.`
  )
    .toWellFormed()
    .replaceAll('\u0000', '')
