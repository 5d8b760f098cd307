/**
 * Holds what has happened against the triggers of its workspace: each event is looked at once, in order, whoever looks.
 *
 * Promise: a page of the story, what it fired and how far was looked are one transaction, so nothing is lost between a
 * fact and its run, and nothing is matched twice, with one server or five, through kills. A workspace with much to tell
 * has one page before the next one has its turn.
 */
import type { Logger } from 'pino'
import type { ClaimedRow } from '#db/queries/claiming.ts'
import { type AwaitingTrigger, listening } from '#db/queries/due.ts'
import type { NewEvaluation } from '#db/queries/evaluations.ts'
import { following, nextSeqAfter, unmatched } from '#db/queries/facts.ts'
import type { Taking } from '#db/queries/firing.ts'
import { callOff, type CallingOff, type LiveRun, liveRuns } from '#db/queries/calling-off.ts'
import { occur, type Occurring, planAnew } from '#db/queries/occurring.ts'
import { byIds, keepRevisions } from '#db/queries/triggers.ts'
import { isUnavailable, type Store } from '#db/store.ts'
import { type CancelOn, EventTrigger } from '../contract/event-trigger.ts'
import type { TriggerEvent } from '../contract/trigger-event.ts'
import { type Clock, seconds } from '../clock.ts'
import { accepting } from '../triggers/index.ts'
import { listens } from '../triggers/event.ts'
import { refusal } from '../triggers/matching.ts'
import { calledOff, cancelOnOf, mayCallOff } from './calling-off.ts'
import { decide, type Deciding, factOfEvent } from './deciding.ts'
import { factsIn } from './facts.ts'
import { chainWords } from './occurring.ts'
import { turnOfOthers } from './slices.ts'

/** Rows of the story that are looked at together. */
const PAGE = 200
/** Where nobody listens. */
const AT_ONCE = 100_000
/** Whoever fails looks again after so long. */
const RETRY_MS = seconds(1)
/** What nobody told of is found after so long. */
const SWEEP_MS = seconds(5)

export interface MatcherDeps {
  store: Store
  clock: Clock
  log: Logger
  taking(): Taking | null
  begin(claimed: ClaimedRow[]): void
  lookAtQueue(): void
  lookForStops(): Promise<void>
  /** A trigger is to be planned anew. */
  look(): void
  hint(workspaceIds: number[]): void
}

export interface Matcher {
  start(): void
  /** Something has happened: look now. Nothing depends on it. */
  look(): void
  /** Looks until nothing is left. Answers how many events were looked at. */
  catchUp(): Promise<number>
  stop(): Promise<void>
  readonly problem: string | null
  /** When the page began that may have claimed and is not answered yet; null between pages. */
  readonly claimingSince: Date | null
}

export function createMatcher(deps: MatcherDeps): Matcher {
  const { clock, log } = deps
  let open = false
  let round: Promise<void> | null = null
  let again = false
  let off: (() => void) | null = null
  let problem: string | null = null
  const pages = createPages(deps)

  async function once(): Promise<void> {
    let sleepMs = SWEEP_MS
    try {
      await pages.catchUp()
      if (problem) log.info('What happens is matched again.')
      problem = null
    } catch (error) {
      if (!problem) log.error({ err: error }, 'What has happened could not be matched; nothing is lost.')
      problem = (error as Error).message
      sleepMs = RETRY_MS
    }
    round = null
    if (!open) return
    off = clock.after(again && !problem ? 0 : sleepMs, look)
    again = false
  }

  function look(): void {
    off?.()
    off = null
    if (!open) return
    if (round) again = true
    else round = once()
  }

  return {
    start() {
      open = true
      look()
    },
    look,
    catchUp: pages.catchUp,
    async stop() {
      open = false
      off?.()
      await round
    },
    get problem() {
      return problem
    },
    get claimingSince() {
      return pages.claimingSince
    },
  }
}

function createPages(deps: MatcherDeps) {
  let claimingSince: Date | null = null
  /** Where a page could not be matched: a row at a time is. */
  const slow = new Set<number>()

  /** What is claimed with the page counts as under way until it is in the set of runs. */
  async function page(behind: Behind, limit: number): Promise<number> {
    claimingSince = deps.clock.now()
    try {
      return await matchPage(deps, behind, limit)
    } finally {
      claimingSince = null
    }
  }

  /** One that cannot be matched by itself is left out, so that it stops nobody. */
  async function patiently(behind: Behind): Promise<number> {
    const { workspaceId, matchedSeq } = behind
    try {
      const looked = await page(behind, slow.has(workspaceId) ? 1 : PAGE)
      slow.delete(workspaceId)
      return looked
    } catch (error) {
      if (isUnavailable(error)) throw error
      if (!slow.has(workspaceId)) slow.add(workspaceId)
      else {
        deps.log.error(
          { err: error, workspaceId, after: matchedSeq },
          'An event could not be matched: left out.',
        )
        await leaveOut(deps, behind)
        slow.delete(workspaceId)
      }
      return 0
    }
  }

  return {
    /** A page of each workspace in turn, until nothing is left that was there at the beginning. */
    async catchUp(): Promise<number> {
      let looked = 0
      for (
        let behind = await unmatched(deps.store);
        behind.length > 0;
        behind = await unmatched(deps.store)
      ) {
        for (const it of behind) {
          looked += await patiently(it)
          await turnOfOthers()
        }
      }
      return looked
    },
    get claimingSince() {
      return claimingSince
    },
  }
}

/** The cursor goes on past the row that stops it. */
async function leaveOut(
  { store, clock }: MatcherDeps,
  { workspaceId, matchedSeq: seen }: Behind,
): Promise<void> {
  const upTo = (await nextSeqAfter(store, workspaceId, seen)) ?? seen
  await occur(store, { workspaceId, occurring: [], evaluations: [], matched: { seen, upTo } }, clock.now())
}

interface Behind {
  workspaceId: number
  matchedSeq: number
  lastSeq: number
}

async function matchPage(deps: MatcherDeps, it: Behind, limit: number): Promise<number> {
  const { store, clock } = deps
  const { workspaceId, matchedSeq: seen, lastSeq } = it
  const triggers = await listening(store, workspaceId)
  if (triggers.length === 0) {
    const now = clock.now()
    const upTo = Math.min(lastSeq, seen + AT_ONCE)
    await occur(store, { workspaceId, occurring: [], evaluations: [], matched: { seen, upTo } }, now)
    return 0
  }
  const rows = await following(store, workspaceId, { after: seen, limit })
  // A row stands for events up to its number; where numbers are missing (a backup was put back) there is nothing.
  const upTo = rows.length < limit ? lastSeq : (rows.at(-1)?.seq ?? lastSeq)
  const events = rows.flatMap(factsIn).filter((one) => (one.id ?? 0) > seen && (one.id ?? 0) <= upTo)
  const matched = await judged(deps, triggers, events, seen)
  await record(deps, { workspaceId, seen, upTo: matched.endsBefore ?? upTo }, matched)
  return events.length
}

interface Matched {
  occurring: Occurring[]
  evaluations: NewEvaluation[]
  callingOff: CallingOff[]
  /** The last number of the page, where it ends before an event that calls off what the page has fired. */
  endsBefore: number | null
  /** Whose maker may no longer run agents. */
  leaving: number[]
}

interface Ear {
  trigger: AwaitingTrigger
  cancelOn: CancelOn
  config: EventTrigger | null
  accepts: ReturnType<typeof accepting> | null
}

/** What plain SQL has spoilt hears nothing: the loop says so at its row. */
function earOf(trigger: AwaitingTrigger): Ear {
  const deaf = { trigger, cancelOn: cancelOnOf(trigger), config: null, accepts: null }
  if (trigger.kind !== 'event') return deaf
  try {
    return {
      ...deaf,
      config: EventTrigger.parse(JSON.parse(trigger.config)),
      accepts: accepting(trigger),
    }
  } catch {
    return deaf
  }
}

async function judged(
  { store, clock }: MatcherDeps,
  triggers: AwaitingTrigger[],
  events: TriggerEvent[],
  seen: number,
): Promise<Matched> {
  const now = clock.now()
  const ears = triggers.map(earOf)
  const matched: Matched = { occurring: [], evaluations: [], callingOff: [], leaving: [], endsBefore: null }
  const live = new Map<number, Promise<LiveRun[]>>()
  const liveOf = (id: number) => live.getOrInsertComputed(id, () => liveRuns(store, id))
  for (const event of events) {
    const before = (event.id ?? 0) - 1
    const callers = ears.filter((it) => mayCallOff(it.cancelOn, event))
    // What the page has fired is no row yet, and a page is no larger than a transaction should be.
    const isCalledOff = matched.occurring.some((it) => callers.some((one) => one.trigger.id === it.triggerId))
    if (before > seen && (isCalledOff || weightOf(matched) >= MOST_AT_ONCE))
      return { ...matched, endsBefore: before }
    for (const { trigger, cancelOn } of callers)
      matched.callingOff.push(...calledOff(cancelOn, event, await liveOf(trigger.id)))
    for (const ear of ears) {
      if (!isHeard(ear, event)) continue
      const maxDepth = ear.config.maxDepth
      const chain = await chainWords(store, event.chain, maxDepth)
      hold(ear, event, { now, maxDepth, chain }, matched)
    }
  }
  return matched
}

/** Of a page, what it makes: rows of a transaction. */
const MOST_AT_ONCE = 1000
const weightOf = ({ occurring, evaluations }: Matched) => occurring.length + evaluations.length

type Listening = Ear & { config: EventTrigger; accepts: NonNullable<Ear['accepts']> }
const isHeard = (ear: Ear, event: TriggerEvent): ear is Listening =>
  ear.config !== null &&
  ear.accepts !== null &&
  (event.id ?? 0) > ear.trigger.hearsFrom &&
  listens(ear.config, event, ear.trigger.id)

/** One event against one trigger that listens for it. */
function hold({ trigger, accepts }: Listening, event: TriggerEvent, at: Deciding, into: Matched): void {
  const match = accepts(event)
  const { pass, trace } = match
  const fact = factOfEvent(event, trace)
  if (!pass) {
    into.evaluations.push({
      triggerId: trigger.id,
      source: event.type,
      eventId: event.id,
      deliveryId: null,
      value: null,
      verdict: 'filtered',
      reason: refusal(match),
      trace,
      occurrence: null,
    })
    return
  }
  const { occurring, evaluation } = decide(trigger, fact, at)
  if (occurring) into.occurring.push(occurring)
  into.evaluations.push(evaluation)
  if (trigger.ownerLeft && trigger.enabled && !into.leaving.includes(trigger.id))
    into.leaving.push(trigger.id)
}

async function record(
  deps: MatcherDeps,
  { workspaceId, seen, upTo }: { workspaceId: number; seen: number; upTo: number },
  { occurring, evaluations, callingOff, leaving }: Matched,
): Promise<void> {
  const { store, clock } = deps
  const fires = [...new Set(occurring.map((it) => it.triggerId))]
  // Plain SQL makes revisions that nobody kept yet; a run must know what it ran with.
  if (fires.length > 0) await keepRevisions(store, await byIds(store, fires), clock.now())
  const now = clock.now()
  const { begun } = await occur(
    store,
    {
      workspaceId,
      occurring,
      evaluations,
      matched: { seen, upTo },
      also: [...callOff(callingOff, now, seen), ...planAnew(leaving)],
    },
    now,
    deps.taking(),
  )
  if (begun.length > 0) deps.begin(begun)
  if (occurring.length + callingOff.length === 0) return
  deps.hint([workspaceId])
  deps.lookAtQueue()
  if (leaving.length > 0) deps.look()
  if (callingOff.length > 0 || occurring.some((it) => it.overlap === 'cancel_other'))
    await deps.lookForStops()
}
