/**
 * One run, from claimed to recorded: load, perform, settle.
 *
 * Promise: whatever its agent does (throws, hangs, ignores its signal, answers twice), the run ends once,
 * with the outcome that `outcomes.ts` has for it, or is left behind where this server may no longer speak for
 * it. A run that starts and ends in the same moment is written once.
 */
import type { Logger } from 'pino'
import type { ClaimedRow } from '#db/queries/claiming.ts'
import type { Announcement, Hold } from '#db/queries/entries.ts'
import type { TriggerConfig } from '#db/queries/triggers.ts'
import type { Task } from '../agents/agent.ts'
import type { AgentPort, Live, Performed } from '../agents/port.ts'
import { createScope } from '../agents/scope.ts'
import { type Clock, seconds } from '../clock.ts'
import type { Afford } from './budgets.ts'
import { createSteps } from './checkpoints.ts'
import type { Status } from '../contract/states.ts'
import type { Ledger } from './ledger.ts'
import {
  askedStop,
  type Ending,
  endingOf,
  entryOf,
  factsOf,
  type Outcome,
  outcomeOf,
  type Stop,
} from './outcomes.ts'
import { closingStep, createTranscript, type Transcript } from './transcript.ts'

/** How long an agent may take to heed its signal before it is left behind. */
const STUCK_MS = seconds(5)

export interface RunDeps {
  clock: Clock
  log: Logger
  ledger: Ledger
  agents: AgentPort
  owner: string
  chance(): number
  afford: Afford
}

export interface Run {
  stop(stop: Stop): void
  /** It takes its time: the chat hears that it began. */
  announce(): void
  /**
   * Never rejects. `left`: without an outcome, for this server was out of touch, or the outcome could not be
   * stored.
   */
  ended: Promise<'recorded' | 'left'>
}

interface Loaded {
  claimed: ClaimedRow
  config: Partial<TriggerConfig>
  hold: Hold
  controller: AbortController
  transcript: Transcript
  /** What the agent gets of it. */
  live: Live
  startedMs: number
}

export function beginRun(claimed: ClaimedRow, deps: RunDeps): Run {
  const run = load(claimed, deps)
  return {
    stop: (stop) => run.controller.abort(stop),
    announce: run.transcript.announce,
    ended: carryOut(run, deps),
  }
}

function load(claimed: ClaimedRow, { clock, log, ledger, owner, afford }: RunDeps): Loaded {
  const config = JSON.parse(claimed.config ?? '{}') as Partial<TriggerConfig>
  const { id: executionId, workspaceId, triggerId, triggerName, fence, attempt } = claimed
  const hold: Hold = { executionId, workspaceId, triggerId, from: 'running', owner, fence, attempt }
  const note = (it: Partial<Announcement>) =>
    ledger.add({ kind: 'announce', ...hold, message: null, events: [], steps: [], ...it })
  const controller = new AbortController()
  if (claimed.cancelRequestedAt !== null) controller.abort(askedStop(claimed.cancelReason))
  const { signal } = controller
  const transcript = createTranscript({
    clock,
    told: { executionId, triggerId, triggerName },
    post: config.post ?? 'always',
    silent: claimed.staged,
    fence,
    // Refused, it is lost with its steps: the outcome is told all the same.
    record: (it) => void note(it).catch(() => {}),
  })
  const live: Live = {
    signal,
    say: transcript.say,
    write: transcript.write,
    // What was said of a part is as certain as what came of it.
    ...createSteps({
      signal,
      kept: claimed.kept ?? [],
      keep: (it) => note({ kept: [it], steps: transcript.take() }),
    }),
    scope: createScope({ clock, log, executionId }),
    decided: decidedIn(claimed.decided ?? []),
    afford: (most) => afford(claimed, most),
  }
  return { claimed, config, hold, controller, transcript, live, startedMs: clock.monotonicMs() }
}

/** Answers and edited arguments are JSON. */
function decidedIn(rows: NonNullable<ClaimedRow['decided']>): Task<unknown>['decided'] {
  const byPlace = new Map(rows.map((it) => [it.place, it]))
  return (place) => {
    const it = byPlace.get(place)
    if (!it) return null
    const { id: approvalId, status, note, by, byId } = it
    return {
      approvalId,
      status,
      note,
      arguments: it.arguments === null ? null : JSON.parse(it.arguments),
      answer: it.answer === null ? null : JSON.parse(it.answer),
      by: byId === null ? null : { id: byId, name: by ?? 'somebody' },
    }
  }
}

async function carryOut(run: Loaded, deps: RunDeps): Promise<'recorded' | 'left'> {
  const { clock, log } = deps
  const executionId = run.claimed.id
  const callOff = limitTime(run, clock)
  try {
    const ending = await perform(run, deps)
    if (!ending) return leave(run, deps)
    await run.live.scope.end()
    return await settle(run, ending, deps)
  } catch (error) {
    log.error({ err: error, executionId }, 'An execution could not be carried out.')
    return await settle(run, fallen(error), deps).catch((again) => {
      log.error({ err: again, executionId }, 'An execution could not be settled.')
      return 'left'
    })
  } finally {
    callOff()
    run.transcript.close()
    void run.live.scope.end()
  }
}

/** A run that was parked gets what is left. */
function limitTime({ claimed, config, controller }: Loaded, clock: Clock): () => void {
  const limit = config.timeoutSeconds ?? 300
  const leftMs = Math.max(0, seconds(limit) - (claimed.spentMs ?? 0))
  const reason = `It took longer than ${limit} ${limit === 1 ? 'second' : 'seconds'}.`
  return clock.after(leftMs, () => controller.abort({ code: 'timeout', reason } satisfies Stop))
}

/** How it ended; null where that is no longer for this server to say. */
async function perform(run: Loaded, { agents, clock }: RunDeps): Promise<Ending | null> {
  const { signal } = run.controller
  const performed = signal.aborted
    ? null
    : await Promise.race([performAgent(run, agents), unheeding(signal, clock)])
  return endingOf(performed, signal.aborted ? (signal.reason as Stop) : null)
}

async function performAgent({ claimed, config, live }: Loaded, agents: AgentPort): Promise<Performed> {
  let context: Record<string, unknown>
  try {
    context = JSON.parse(claimed.context ?? config.context ?? '{}') as Record<string, unknown>
  } catch (error) {
    // Plain SQL may have written any text.
    return {
      kind: 'failed',
      error: `The context is not JSON: ${(error as Error).message}`,
      reasonCode: 'bad_input',
      transient: false,
    }
  }
  return agents.perform(claimed, context, live)
}

/** Resolves when an agent that was asked to stop has had its time to do so. */
function unheeding(signal: AbortSignal, clock: Clock): Promise<null> {
  return new Promise((resolve) => {
    const wait = () => clock.after(STUCK_MS, () => resolve(null))
    if (signal.aborted) wait()
    else signal.addEventListener('abort', wait, { once: true })
  })
}

/**
 * What nobody foresaw, up to an outcome that cannot be stored, still ends the run, with the little that is
 * certain.
 */
const fallen = (error: unknown): Ending => ({
  kind: 'failed',
  error: error instanceof Error ? error.message : String(error),
  reasonCode: 'agent_error',
  transient: false,
})

async function settle(run: Loaded, ending: Ending, deps: RunDeps): Promise<'recorded'> {
  const { claimed, config, hold, transcript } = run
  const { agents, clock, ledger } = deps
  const moment = {
    now: clock.now(),
    durationMs: (claimed.spentMs ?? 0) + Math.max(0, Math.round(clock.monotonicMs() - run.startedMs)),
    chance: deps.chance(),
  }
  const facts = factsOf(claimed, config, {
    safeToRepeat: await agents.safeToRepeat(claimed.workspaceId, claimed),
    announced: transcript.announced,
  })
  const outcome = outcomeOf(facts, ending, moment)
  const steps = transcript.close()
  if (outcome.noted) steps.push(closingStep(claimed.fence, moment.now, outcome.noted))
  logEnd(run, outcome, moment.durationMs, await ledger.add(entryOf(hold, outcome, steps)), deps.log)
  return 'recorded'
}

function logEnd(
  { claimed }: Loaded,
  { recorded }: Outcome,
  durationMs: number,
  written: boolean,
  log: Logger,
): void {
  const { id: executionId, triggerId: scheduleId, triggerName, fence, latenessMs } = claimed
  if (!written) {
    log.warn({ executionId, fence }, 'A late result was refused: the execution has another owner.')
    return
  }
  const [status, words] = standing(recorded)
  // What went well is in the history; what did not is worth a line.
  log[status === 'success' ? 'debug' : 'info'](
    {
      executionId,
      scheduleId,
      status,
      reasonCode: recorded.reasonCode,
      durationMs,
      latenessMs,
    },
    `[AgentScheduler] ${triggerName}: ${words}`,
  )
}

/** The status that its row has now, and how the log says it. */
function standing(recorded: Outcome['recorded']): [status: Status, words: string] {
  switch (recorded.kind) {
    case 'settle':
      return [recorded.status, recorded.status]
    case 'requeue':
      return ['queued', 'will be tried again']
    case 'park':
      return ['waiting', 'waits for a person']
  }
}

function leave({ claimed }: Loaded, { log }: RunDeps): 'left' {
  log.warn(
    { executionId: claimed.id, fence: claimed.fence },
    'Left an execution behind: this server was out of touch too long.',
  )
  return 'left'
}
