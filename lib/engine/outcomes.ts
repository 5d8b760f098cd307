/**
 * How a run ended, and what follows from it.
 *
 * Promise: this is the one place that decides it, and it is pure. Whoever ends a run (the run itself,
 * recovery, a person who withdraws it) says how it ended, and gets one value: what is recorded, told and
 * shown. What is released follows from what is recorded: an end frees the slot and the capacity, another
 * attempt keeps the slot and frees the capacity.
 */
import type { ClaimedRow } from '#db/queries/claiming.ts'
import type { ExecutionRow } from '#db/queries/executions.ts'
import {
  type Announcement,
  type Entry,
  type Hold,
  NOTHING_USED,
  type Park,
  type Requeue,
  type Settlement,
  type StepRow,
} from '#db/queries/entries.ts'
import type { TriggerConfig } from '#db/queries/triggers.ts'
import type { AgentResult, AgentWait, Repeatable, SoFar } from '../agents/agent.ts'
import type { Performed } from '../agents/port.ts'
import type { ApprovalRule } from '../contract/approval.ts'
import type { Post } from '../contract/trigger.ts'
import { approvalRuleOf, askBeyondBudget, recordedAs } from './asking.ts'
import { backoffMs, mayRepeat, mayRetry } from './policies.ts'
import { isPosted, type Told, telling } from './telling.ts'
import { keepable } from './text.ts'

/** Why a run is asked to stop. */
export type Stop =
  | { code: 'timeout' | 'cancelled' | 'superseded' | 'cancel_event' | 'shutdown'; reason: string }
  /** Its server was out of touch for so long that another may have taken it: nothing is recorded here. */
  | { code: 'lost'; reason: string }
type Heeded = Exclude<Stop, { code: 'lost' }>

export type Ending =
  /** The agent answered, failed, asked to wait for a person, or could not begin. */
  | Performed
  /** `partial`: what an agent that heeded its signal had said and used by then. */
  | { kind: 'stopped'; stop: Heeded; partial?: SoFar | undefined }
  /** Its server died under it. */
  | { kind: 'crashed'; begunAt: Date; cancelRequested: boolean }
  /** It was claimed, but the answer to the claim was lost: no agent has seen it. */
  | { kind: 'unbegun' }
  /** A person cancelled it before its turn had come; `began`: an earlier attempt had run. */
  | { kind: 'withdrawn'; reason: string; reasonCode: 'cancelled' | 'deleted'; began: boolean }

/** What the rules must know of a run. */
export interface Facts extends Told {
  attempt: number
  retries: number
  post: Post
  safeToRepeat: Repeatable
  /** What the trigger's run before this one said; known where `post` asks for it. */
  lastOutput: string | null
  /** The chat and the listeners have heard that it began. */
  announced: boolean
  /** Who decides what it asks for, and by when. */
  approvals: ApprovalRule
  /** Nothing of it is shown in the chat. */
  staged: boolean
}
export interface Moment {
  now: Date
  /** How long it ran in all, without the time that it was parked; null where nobody measured it. */
  durationMs: number | null
  /** In [0, 1): spreads the back-off. */
  chance: number
}

/** The row of an execution that waits, for its turn or for a person. */
export type Withdrawn = Pick<
  ExecutionRow,
  'id' | 'workspaceId' | 'triggerId' | 'triggerName' | 'owner' | 'fence' | 'attempt' | 'durationMs'
>

type Common = keyof Hold | 'message' | 'events' | 'steps'
type Settled = Omit<Settlement, Common>
type Requeued = Omit<Requeue, Common>
type Parked = Omit<Park, Common>

export interface Outcome {
  recorded: Settled | Requeued | Parked
  told: Announcement['events']
  shown: Announcement['message']
  /** The step that closes this attempt's transcript. */
  noted: Pick<StepRow, 'kind' | 'text'> | null
}

/**
 * What counts where an agent was asked to stop and may have answered all the same. Null: nothing is to be
 * recorded, the run is another's.
 */
export function endingOf(performed: Performed | null, stop: Stop | null): Ending | null {
  if (stop?.code === 'lost') return null
  // A stop of the server withdraws nothing: an answer that came in time is as good as any.
  if (performed && performed.kind !== 'failed' && stop?.code === 'shutdown') return performed
  if (stop)
    return { kind: 'stopped', stop, partial: performed?.kind === 'failed' ? performed.partial : undefined }
  if (performed) return performed
  throw new Error('A run ended without an answer, and nobody had stopped it.')
}

/** The stop that a row asks for, by its `cancel_reason`. */
export function askedStop(reason: string | null): Heeded {
  if (reason === 'superseded') return { code: 'superseded', reason: 'Cancelled: a newer run took its place.' }
  if (reason?.startsWith(BY_EVENT)) return { code: 'cancel_event', reason: reason.slice(BY_EVENT.length) }
  return { code: 'cancelled', reason: reason ?? 'Cancelled.' }
}
const BY_EVENT = 'cancel_event: '

/** What the row that was claimed says of the run. */
export function factsOf(
  {
    id,
    triggerId,
    triggerName,
    attempt,
    lastOutput,
    staged,
  }: Pick<ClaimedRow, 'id' | 'triggerId' | 'triggerName' | 'attempt' | 'lastOutput' | 'staged'>,
  config: Partial<TriggerConfig>,
  { safeToRepeat, announced }: Pick<Facts, 'safeToRepeat' | 'announced'>,
): Facts {
  return {
    executionId: id,
    triggerId,
    triggerName,
    attempt,
    retries: config.retries ?? 0,
    post: config.post ?? 'always',
    safeToRepeat,
    lastOutput,
    announced,
    approvals: approvalRuleOf(config.approvals),
    staged,
  }
}

export function outcomeOf(run: Facts, ending: Ending, at: Moment): Outcome {
  const outcome = judged(run, ending, at)
  return run.staged ? { ...outcome, shown: null } : outcome
}

function judged(run: Facts, ending: Ending, at: Moment): Outcome {
  switch (ending.kind) {
    case 'done':
      return succeeded(run, ending.result, at)
    case 'waits':
      return parked(run, ending.wait, at)
    case 'failed':
      return failed(run, ending, at)
    case 'stopped':
      return stopped(run, ending, at)
    case 'crashed':
      return crashed(run, ending, at)
    case 'unbegun':
      return unbegun(run, at)
    case 'withdrawn':
      return withdrawn(run, ending, at)
  }
}

/** The outcome as the ledger takes it: `hold` says who may write it. */
export const entryOf = (hold: Hold, { recorded, told, shown }: Outcome, steps: StepRow[]): Entry => ({
  ...hold,
  ...recorded,
  events: told,
  message: shown,
  steps,
})

/**
 * What waits, for its turn or for a person, is cancelled: by a person, or because its schedule was deleted. The
 * guard of the entry fails where it was taken meanwhile.
 */
export function withdrawal(
  row: Withdrawn,
  from: 'queued' | 'waiting',
  why: { reason: string; reasonCode: 'cancelled' | 'deleted' },
  now: Date,
): Entry {
  const { id: executionId, workspaceId, triggerId, triggerName, owner, fence, attempt, durationMs } = row
  const hold: Hold = { executionId, workspaceId, triggerId, from, owner, fence, attempt }
  const ending: Ending = { kind: 'withdrawn', ...why, began: fence > 0 }
  return entryOf(hold, withdrawn({ executionId, triggerId, triggerName }, ending, { now, durationMs }), [])
}

function succeeded(run: Facts, result: AgentResult, at: Moment): Outcome {
  const output = keepable(result.text)
  const include = isPosted(run.post, {
    failed: false,
    notable: result.notable !== false,
    changed: output !== run.lastOutput,
  })
  return {
    recorded: settlement(at, {
      status: 'success',
      output,
      outcome: result.outcome ?? null,
      notes: result.notes ?? null,
      memory: result.memory === undefined ? null : JSON.stringify(result.memory),
      notable: result.notable !== false,
      ...result.usage,
    }),
    told: [...opening(run), 'schedule:completed', 'chat'],
    shown: telling(run, output, at.now, include),
    noted: null,
  }
}

/** Shown whatever the policy, for somebody has to act. */
function parked(run: Facts, { waitsFor, holdSlot, asks = [], usage }: AgentWait, at: Moment): Outcome {
  const { now, durationMs } = at
  const reason = `Waits for ${keepable(waitsFor)}.`
  const { approvals: rule } = run
  return {
    recorded: {
      kind: 'park',
      reason,
      reasonCode: null,
      durationMs,
      holdSlot: holdSlot ?? rule.holdSlot,
      asks: asks.map((it) => recordedAs(it, rule, now)),
      ...NOTHING_USED,
      ...usage,
    },
    told: [
      ...opening(run),
      'execution:waiting',
      'chat',
      ...asks.map(({ place }) => ({ type: 'approval:requested' as const, place })),
    ],
    shown: telling(run, `**Waiting.** ${reason}`, now),
    noted: { kind: 'wait', text: reason },
  }
}

function failed(
  run: Facts,
  failure: Omit<Extract<Performed, { kind: 'failed' }>, 'kind'>,
  at: Moment,
): Outcome {
  const { reasonCode, transient, partial } = failure
  const error = keepable(failure.error)
  if (mayRetry({ transient, attempt: run.attempt, retries: run.retries })) {
    return again(run, at, {
      reason: `Attempt ${run.attempt} failed: ${error}`,
      reasonCode,
      error,
      delayMs: backoffMs(run.attempt, at.chance),
      tainted: partial?.usage.tainted,
    })
  }
  return ended(run, at, `**Failed:** ${inLines(error)}`, {
    status: 'failed',
    error,
    reason: error,
    reasonCode,
    // Without money the best agent gets nowhere.
    countsAsFailure: reasonCode !== 'budget',
    ...soFar(partial),
  })
}

/** What is recorded of a run that did not come to its end. */
const soFar = (partial: SoFar | undefined) => ({
  output: partial?.text ? keepable(partial.text) : null,
  ...partial?.usage,
})

/** Most reasons begin with the word, which is not said twice. */
const cancelledBecause = (reason: string) =>
  reason.startsWith('Cancelled') ? reason.replace('Cancelled', '**Cancelled**') : `**Cancelled.** ${reason}`

/** Markdown joins lines: those of a stack stay apart. What has a block of its own is Markdown already. */
const inLines = (error: string) =>
  error.includes('```') ? error : error.replace(/(?<=[^\s])\n(?=[ \t]*[^\s])/g, '  \n')

function stopped(
  run: Facts,
  { stop: { code, reason }, partial }: Extract<Ending, { kind: 'stopped' }>,
  at: Moment,
): Outcome {
  switch (code) {
    case 'timeout':
      return failed(
        run,
        { error: reason, reasonCode: 'timeout', transient: true, ...(partial && { partial }) },
        at,
      )
    case 'shutdown':
      return mayRepeat(run)
        ? again(run, at, { reason, reasonCode: 'shutdown', error: null, delayMs: 0 })
        : ended(run, at, `**Interrupted:** ${reason}`, {
            status: 'failed',
            reason,
            reasonCode: 'shutdown',
            error: reason,
            ...soFar(partial),
          })
    case 'cancelled':
    case 'superseded':
    case 'cancel_event':
      return ended(run, at, cancelledBecause(reason), {
        status: 'cancelled',
        reason,
        reasonCode: code,
        ...soFar(partial),
      })
  }
}

function crashed(
  run: Facts,
  { begunAt, cancelRequested }: Extract<Ending, { kind: 'crashed' }>,
  at: Moment,
): Outcome {
  const reason = `The server died while it ran (begun ${begunAt.toISOString()}).`
  const noted = { kind: 'crash', text: reason }
  const failure = { reason, reasonCode: 'crashed', error: reason } as const
  if (mayRepeat(run) && !cancelRequested) {
    return {
      recorded: {
        kind: 'requeue',
        ...failure,
        tainted: false,
        nextAttempt: run.attempt + 1,
        availableAt: at.now,
      },
      told: ['execution:progress', 'chat'],
      shown: telling(run, `**Interrupted:** ${reason} It runs again.`, at.now),
      noted,
    }
  }
  return {
    ...ended(run, at, `**Failed:** ${reason}`, { status: 'failed', ...failure, countsAsFailure: true }),
    noted,
  }
}

/** The same attempt begins for the first time: nobody has heard of it yet. */
function unbegun(run: Facts, { now }: Moment): Outcome {
  const reason = 'The database did not answer when the run was to begin.'
  return {
    recorded: {
      kind: 'requeue',
      nextAttempt: run.attempt,
      availableAt: now,
      reason,
      reasonCode: 'crashed',
      error: null,
      tainted: false,
    },
    told: ['execution:progress'],
    shown: null,
    noted: { kind: 'crash', text: reason },
  }
}

/** What never began is a run that did not take place: told as skipped, and not shown. */
function withdrawn(
  run: Told,
  { reason, reasonCode, began }: Extract<Ending, { kind: 'withdrawn' }>,
  { now, durationMs }: Pick<Moment, 'now' | 'durationMs'>,
): Outcome {
  return {
    recorded: settlement({ durationMs }, { status: 'cancelled', reason, reasonCode }),
    told: began ? ['schedule:failed', 'chat'] : ['schedule:skipped'],
    shown: telling(run, cancelledBecause(reason), now, began),
    noted: null,
  }
}

type EndOfWait =
  | { reasonCode: 'approval_expired'; place: string }
  | { reasonCode: 'superseded'; newer: number }

/** A run that waited for a person in vain. It did nothing wrong: what it asked for was not decided. */
export function outcomeOfWait(
  run: Told,
  summary: string,
  how: EndOfWait,
  at: Pick<Moment, 'now' | 'durationMs'>,
): Outcome {
  if (how.reasonCode === 'superseded') {
    const reason = `Cancelled: run #${how.newer} asks for the same, which is newer.`
    return {
      recorded: settlement(at, { status: 'cancelled', reason, reasonCode: 'superseded' }),
      told: ['schedule:failed', 'chat'],
      shown: telling(run, cancelledBecause(reason), at.now),
      noted: null,
    }
  }
  const reason = `Nobody decided in time: ${keepable(summary)}`
  return {
    recorded: settlement(at, { status: 'failed', reason, error: reason, reasonCode: 'approval_expired' }),
    told: [{ type: 'approval:expired', place: how.place }, 'schedule:failed', 'chat'],
    shown: telling(run, `**Failed:** ${reason}`, at.now),
    noted: null,
  }
}

/** A run that does not begin: there is no room in its budgets, or what it needs is not there. Or a person is asked. */
export function outcomeBeyondBudget(
  run: Told,
  {
    reason,
    asks,
    rule,
    reasonCode = 'budget',
  }: { reason: string; asks: boolean; rule: ApprovalRule; reasonCode?: 'budget' | 'not_ready' | 'condition' },
  now: Date,
): Outcome {
  if (!asks)
    return {
      recorded: settlement({ durationMs: null }, { status: 'skipped', reason, reasonCode }),
      told: ['schedule:skipped'],
      shown: null,
      noted: null,
    }
  const ask = askBeyondBudget(reason, rule, now)
  const words = `Waits for approval: ${reason}`
  return {
    recorded: {
      kind: 'park',
      reason: words,
      reasonCode: 'budget',
      durationMs: null,
      holdSlot: rule.holdSlot,
      asks: [ask],
      ...NOTHING_USED,
    },
    told: ['execution:waiting', 'chat', { type: 'approval:requested', place: ask.place }],
    shown: telling(run, `**Waiting.** ${words}`, now),
    noted: { kind: 'wait', text: words },
  }
}

/** It did not succeed, and this was its last attempt. */
function ended(
  run: Facts,
  at: Moment,
  words: string,
  how: Partial<Settled> & Pick<Settled, 'status'>,
): Outcome {
  return {
    recorded: settlement(at, how),
    told: [...opening(run), 'schedule:failed', 'chat'],
    shown: telling(run, words, at.now),
    noted: null,
  }
}

function again(
  run: Facts,
  { now }: Moment,
  {
    delayMs,
    tainted = false,
    ...why
  }: Pick<Requeued, 'reason' | 'reasonCode' | 'error'> & { delayMs: number; tainted?: boolean | undefined },
): Outcome {
  const shown = run.post === 'always' ? telling(run, `${why.reason} It will be tried again.`, now) : null
  return {
    recorded: {
      kind: 'requeue',
      ...why,
      tainted,
      nextAttempt: run.attempt + 1,
      availableAt: new Date(now.getTime() + delayMs),
    },
    told: [...opening(run), 'execution:progress', ...(shown ? (['chat'] as const) : [])],
    shown,
    noted: { kind: 'retry', text: why.reason },
  }
}

/** Whoever listens hears of a beginning before an end. */
const opening = ({ announced }: Facts) => (announced ? [] : (['schedule:started'] as const))

const settlement = (
  { durationMs }: Pick<Moment, 'durationMs'>,
  it: Partial<Settled> & Pick<Settled, 'status'>,
): Settled => ({
  kind: 'settle',
  reason: null,
  reasonCode: null,
  output: null,
  outcome: null,
  error: null,
  notes: null,
  memory: null,
  ...NOTHING_USED,
  countsAsFailure: false,
  durationMs,
  ...it,
})
