/**
 * Holds what has happened against the triggers of its workspace: each event is looked at once, in order, whoever looks.
 *
 * Promise: a page of the story, what it fired and how far was looked are one transaction, so nothing is lost between a
 * fact and its run, and nothing is matched twice, with one server or five, through kills. A workspace with much to tell
 * has one page before the next one has its turn.
 */
import type { Logger } from 'pino'
import type { ClaimedRow } from '#db/queries/claiming.ts'
import { listening } from '#db/queries/due.ts'
import type { NewEvaluation } from '#db/queries/evaluations.ts'
import { following, nextSeqAfter, unmatched } from '#db/queries/facts.ts'
import type { Taking } from '#db/queries/firing.ts'
import { callOff } from '#db/queries/calling-off.ts'
import { occur, planAnew } from '#db/queries/occurring.ts'
import { byIds, keepRevisions } from '#db/queries/triggers.ts'
import { outages } from '#db/queries/upkeep.ts'
import { isUnavailable, type Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'
import { type Survey, survey, type Told, toldIn } from './catching-up.ts'
import { decide, factOfEvent } from './deciding.ts'
import { createEars } from './ears.ts'
import { judged, type Matched, type Page, untold } from './holding.ts'
import { type Interruptions, interruptionsIn, UNINTERRUPTED } from './interruptions.ts'
import { rowsOfMissed } from './missed.ts'
import { turnOfOthers } from './slices.ts'

/** Rows of the story that are looked at together: fewer where others wait for their turn. */
const PAGE = 1000
const PAGE_OF_SEVERAL = 200
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
      // What came meanwhile has its turn, too: whoever told of it may have been another server.
      while ((await pages.catchUp()) > 0 && open) await turnOfOthers()
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
  /** Where a page could not be matched, how many rows are looked at together: ever fewer, then more again. */
  const slow = new Map<number, number>()
  const remembered: Remembered = { ears: createEars(), surveys: new Map() }

  /** What is claimed with the page counts as under way until it is in the set of runs. */
  async function page(behind: Behind, limit: number): Promise<number> {
    claimingSince = deps.clock.now()
    try {
      return await matchPage(deps, behind, remembered, limit)
    } finally {
      claimingSince = null
    }
  }

  /** One that cannot be matched by itself is left out, so that it stops nobody. */
  async function patiently(behind: Behind, most: number): Promise<number> {
    const { workspaceId, matchedSeq } = behind
    const limit = Math.min(most, slow.get(workspaceId) ?? most)
    try {
      const looked = await page(behind, limit)
      if (limit === most) slow.delete(workspaceId)
      else slow.set(workspaceId, limit * 2)
      return looked
    } catch (error) {
      if (isUnavailable(error)) throw error
      slow.set(workspaceId, Math.max(1, Math.floor(limit / 4)))
      // It stopped a page before, with others or alone.
      if (limit === 1) {
        slow.set(workspaceId, 2)
        const after = matchedSeq
        deps.log.error({ err: error, workspaceId, after }, 'An event could not be matched: left out.')
        await leaveOut(deps, behind, remembered, error as Error)
      }
      return 0
    }
  }

  return {
    /** A page of each workspace in turn, until nothing is left that was there at the beginning. */
    async catchUp(): Promise<number> {
      let looked = 0
      const wanted = new Map((await unmatched(deps.store)).map((it) => [it.workspaceId, it.lastSeq]))
      const isBehind = ({ workspaceId, matchedSeq }: Behind) => matchedSeq < (wanted.get(workspaceId) ?? 0)
      for (
        let behind = await unmatched(deps.store);
        behind.some(isBehind);
        behind = await unmatched(deps.store)
      ) {
        const inTurn = behind.filter(isBehind)
        for (const it of inTurn) {
          looked += await patiently(it, inTurn.length > 1 ? PAGE_OF_SEVERAL : PAGE)
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

/** The cursor goes on past the row that stops it, and whoever hears of it learns that. */
async function leaveOut(
  { store, clock, log }: MatcherDeps,
  { workspaceId, matchedSeq: seen }: Behind,
  remembered: Remembered,
  error: Error,
): Promise<void> {
  const upTo = (await nextSeqAfter(store, workspaceId, seen)) ?? seen
  const passBy = (evaluations: NewEvaluation[]) =>
    occur(store, { workspaceId, occurring: [], evaluations, matched: { seen, upTo } }, clock.now())
  try {
    const ears = remembered.ears(workspaceId, await listening(store, workspaceId))
    const told = toldIn(await following(store, workspaceId, { after: seen, limit: 1 }))
    await passBy(untold(ears, told, error))
  } catch (second) {
    if (isUnavailable(second)) throw second
    log.error({ err: second, workspaceId, after: seen }, 'Who hears of it could not be told.')
    await passBy([])
  }
}

interface Behind {
  workspaceId: number
  matchedSeq: number
  lastSeq: number
}

async function matchPage(
  deps: MatcherDeps,
  it: Behind,
  remembered: Remembered,
  limit: number,
): Promise<number> {
  const { store, clock } = deps
  const { workspaceId, matchedSeq: seen, lastSeq } = it
  const triggers = await listening(store, workspaceId)
  const ears = remembered.ears(workspaceId, triggers)
  if (triggers.length === 0) {
    const now = clock.now()
    const upTo = Math.min(lastSeq, seen + AT_ONCE)
    await occur(store, { workspaceId, occurring: [], evaluations: [], matched: { seen, upTo } }, now)
    return 0
  }
  const rows = await following(store, workspaceId, { after: seen, limit })
  // A row stands for events up to its number; where numbers are missing (a backup was put back) there is nothing.
  // What was told since is for those who listen by then.
  const upTo = rows.length < limit ? lastSeq : Math.min(lastSeq, rows.at(-1)?.seq ?? lastSeq)
  const told = toldIn(rows).filter(({ event: { id } }) => (id ?? 0) > seen && (id ?? 0) <= upTo)
  const page = { ears, told, seen, now: clock.now(), interruptions: await interruptionsOf(deps, told) }
  const matched = await judged(store, { ...page, survey: await surveyOf(deps, it, page, remembered) })
  await record(deps, { workspaceId, seen, upTo: matched.endsBefore ?? upTo }, matched)
  return told.length
}

/** What kept a page from being heard when it came: asked only where it is old, or everything is paused. */
async function interruptionsOf({ store, clock }: MatcherDeps, told: readonly Told[]): Promise<Interruptions> {
  const [oldest] = told
  if (!oldest) return UNINTERRUPTED
  const now = clock.now()
  return interruptionsIn(await outages(store, oldest.toldAt), now)
}

/** Of what was missed, which is caught up: looked through once, when the first of it comes. */
async function surveyOf(
  { store }: MatcherDeps,
  { workspaceId, matchedSeq: after }: Behind,
  { ears, told, now, interruptions }: Omit<Page, 'survey'>,
  { surveys }: Remembered,
): Promise<Survey | null> {
  const last = told.findLast(({ toldAt }) => interruptions.outage(toldAt) !== null)
  if (!last) {
    surveys.delete(workspaceId)
    return null
  }
  const known = surveys.get(workspaceId)
  if (known && known.upTo >= (last.event.id ?? 0)) return known
  const fires = ({ event, toldAt }: Told) =>
    ears
      .hearing(event, toldAt)
      .filter(({ trigger, config: { maxDepth }, accepts }) => {
        const { pass, trace } = accepts(event)
        if (!pass) return false
        const at = { now, toldAt, interruptions, maxDepth }
        return decide(trigger, factOfEvent(event, trace), at).occurring?.occurrence.status === 'queued'
      })
      .map((it) => it.trigger)
  const found = await survey(store, workspaceId, { after, now, interruptions, fires })
  surveys.set(workspaceId, found)
  return found
}

/** What a server keeps in mind of the workspaces from page to page; nothing depends on it. */
interface Remembered {
  ears: ReturnType<typeof createEars>
  surveys: Map<number, Survey>
}

async function record(
  deps: MatcherDeps,
  { workspaceId, seen, upTo }: { workspaceId: number; seen: number; upTo: number },
  { occurring: fired, evaluations, callingOff, missed, leaving }: Matched,
): Promise<void> {
  const { store, clock } = deps
  const fences = { seenSeq: seen, openDelivery: null }
  const told = rowsOfMissed([...missed.values()], fences, clock.now())
  const occurring = [...told.occurring, ...fired]
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
      // A page ends before an event that calls off what the page has fired: those are of before it.
      before: callOff(callingOff, now, seen),
      also: [...told.also, ...planAnew(leaving)],
    },
    now,
    deps.taking(),
  )
  if (begun.length > 0) deps.begin(begun)
  if (occurring.length + callingOff.length === 0) return
  deps.hint([workspaceId])
  deps.lookAtQueue()
  if (leaving.length + callingOff.length > 0 || occurring.some((it) => it.occurrence.counts)) deps.look()
  if (callingOff.length > 0 || occurring.some((it) => it.overlap === 'cancel_other'))
    await deps.lookForStops()
}
