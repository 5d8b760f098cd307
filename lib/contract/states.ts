/**
 * The states of an execution and the legal moves between them, as data.
 *
 * Promise: there is no other list. The rows' guards, the fragments of SQL, the
 * partial indexes, the API and the pages are drawn from here, and a test walks
 * every move on both databases and tries every one that is not here.
 */

export const STATUSES = [
  'queued',
  'running',
  'waiting',
  'success',
  'failed',
  'cancelled',
  'skipped',
  'missed',
] as const
export type Status = (typeof STATUSES)[number]

/** Where an execution may go from where it stands; `none` is an occurrence that has no row yet. */
export const MOVES = {
  /** Fired; or recorded as what did not run. */
  none: ['queued', 'skipped', 'missed'],
  /** Claimed; a budget asks a person first, or has no room for it; cancelled before it began. */
  queued: ['running', 'waiting', 'cancelled', 'skipped'],
  /** Tried again or put off; parked for a person; ended. */
  running: ['queued', 'waiting', 'success', 'failed', 'cancelled'],
  /** Decided, either way; expired; the budget was refused; cancelled. */
  waiting: ['queued', 'failed', 'skipped', 'cancelled'],
  success: [],
  failed: [],
  cancelled: [],
  skipped: [],
  missed: [],
} as const satisfies Record<Status | 'none', readonly Status[]>

type Moves = typeof MOVES
/** It has ended: nothing moves it any more. */
export type Ended = { [S in Status]: Moves[S] extends readonly [] ? S : never }[Status]
export type Live = Exclude<Status, Ended>
/** The ends that can follow a state. */
export type EndOf<From extends Live> = Extract<Moves[From][number], Ended>

export const isEnded = (status: Status): status is Ended => MOVES[status].length === 0
export const isLive = (status: Status): status is Live => !isEnded(status)
export const isOneOf = <S extends Status>(status: Status, set: readonly S[]): status is S =>
  (set as readonly Status[]).includes(status)
export const mayMove = (from: Status | 'none', to: Status): boolean => isOneOf(to, MOVES[from])

export const LIVE: readonly Live[] = STATUSES.filter(isLive)
export const ENDED: readonly Ended[] = STATUSES.filter(isEnded)
/** How a run that was carried out can end. */
export const RUN_ENDS: readonly EndOf<'running'>[] = MOVES.running.filter((it) => isEnded(it))
/**
 * The ends that say something about the agent, by which a
 * schedule is judged: a stop or a cancel is not its doing.
 */
export const JUDGED = ['success', 'failed'] as const satisfies readonly Ended[]
/** The ends of what never began. */
export const NEVER_RAN = ['skipped', 'missed'] as const satisfies readonly Ended[]
/** Runs that hold their trigger's slot. One that waits for a person holds it only where it was asked to. */
export const HOLDS_SLOT = ['queued', 'running'] as const satisfies readonly Live[]
