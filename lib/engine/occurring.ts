/**
 * The door for a fact on one trigger: a call of a webhook, a line that was crossed.
 *
 * Promise: a fact becomes one execution however often it is handed in, or leaves a trace of why not; what belongs to
 * it (`also`) is written in the same transaction.
 */
import { type AwaitingTrigger, awaitingAmong } from '#db/queries/due.ts'
import { becameAmong, chainTo, occur as recordPage, planAnew, type Recorded } from '#db/queries/occurring.ts'
import { byIds, keepRevisions } from '#db/queries/triggers.ts'
import { outages } from '#db/queries/upkeep.ts'
import type { Statement } from '#db/statement.ts'
import type { Store } from '#db/store.ts'
import type { EvaluationVerdict } from '../contract/evaluation.ts'
import type { Clock } from '../clock.ts'
import { isTooOld } from './catching-up.ts'
import { type Decided, decide, type Fact } from './deciding.ts'
import { type Interruptions, interruptionsIn } from './interruptions.ts'
import { type MissedFacts, noteMissed, rowsOfMissed } from './missed.ts'
import { together } from './together.ts'

export interface OccurDeps {
  store: Store
  clock: Clock
  hint(workspaceIds: number[]): void
  lookAtQueue(): void
  lookForStops(): Promise<void>
  /** A trigger is to be planned anew. */
  look(): void
}

export interface Occurred {
  /** How the fact was decided; `duplicate`: it had become a run before. */
  verdict: EvaluationVerdict
  /** The run that it had become before. */
  executionId: number | null
  /** What a statement of `also` has answered. */
  answerTo<Row>(it: Statement<Row>): Row[]
}
/** Null: the trigger is deleted. */
export type Occur = (triggerId: number, fact: Fact, also?: readonly Statement[]) => Promise<Occurred | null>

/** Runs that cause runs, where a trigger says nothing else. */
export const USUAL_DEPTH = 8

/** So many that come at the same moment are one transaction. */
const MOST_AT_ONCE = 50

interface Coming {
  triggerId: number
  fact: Fact
  also: readonly Statement[]
}
/** One that comes to a trigger, and has become nothing yet. */
interface Heard extends Coming {
  /** Its place among those that came with it. */
  n: number
  trigger: AwaitingTrigger
  decided: Decided
}

export function createOccur(deps: OccurDeps): Occur {
  const occurs = together(MOST_AT_ONCE, (all: readonly Coming[]) => occurTogether(deps, all))
  return (triggerId, fact, also = []) => occurs({ triggerId, fact, also })
}

/** Answers for each what it comes to, in their order. */
async function occurTogether(deps: OccurDeps, all: readonly Coming[]): Promise<(Occurred | null)[]> {
  const { store, clock } = deps
  const ids = [...new Set(all.map((it) => it.triggerId))]
  const triggers = new Map((await awaitingAmong(store, ids)).map((it) => [it.id, it]))
  const keys = all.map(({ triggerId, fact: { key } }) => ({ triggerId, key }))
  const before = new Map((await becameAmong(store, keys)).map((it) => [nameOf(it), it.id]))
  // Plain SQL makes revisions that nobody kept yet; a run must know what it ran with.
  await keepRevisions(store, await byIds(store, [...triggers.keys()]), clock.now())
  const now = clock.now()
  const oldest = new Date(Math.min(...all.map(({ fact: { toldAt = now } }) => toldAt.getTime())))
  const interruptions = interruptionsIn(await outages(store, oldest), now)
  const answers: (Occurred | null)[] = all.map(() => null)
  const heard: Heard[] = []
  for (const [n, it] of all.entries()) {
    const trigger = triggers.get(it.triggerId)
    const executionId = before.get(nameOf({ triggerId: it.triggerId, key: it.fact.key }))
    if (trigger && executionId !== undefined)
      answers[n] = { verdict: 'duplicate', executionId, answerTo: () => [] }
    else if (trigger)
      heard.push({
        ...it,
        n,
        trigger,
        decided: await decidedOf(store, trigger, it.fact, { now, interruptions }),
      })
  }
  for (const [workspaceId, own] of Map.groupBy(heard, (it) => it.trigger.workspaceId)) {
    const { answerTo } = await write(deps, workspaceId, own, now)
    for (const { n, decided } of own)
      answers[n] = { verdict: decided.evaluation.verdict, executionId: null, answerTo }
  }
  return answers
}

const nameOf = ({ triggerId, key }: { triggerId: number; key: string }) => `${triggerId} ${key}`

async function decidedOf(
  store: Store,
  trigger: AwaitingTrigger,
  fact: Fact,
  at: { now: Date; interruptions: Interruptions },
): Promise<Decided> {
  const { now } = at
  const toldAt = fact.toldAt ?? now
  const chain = await chainWords(store, fact.event.chain, USUAL_DEPTH)
  // It was taken in, and is carried by itself: what else was missed is not known.
  const isDropped = trigger.misfire === 'skip' || isTooOld(trigger, toldAt, now)
  return decide(trigger, fact, { ...at, toldAt, isDropped, maxDepth: USUAL_DEPTH, chain })
}

/** With the row that stands for it, where it is not caught up. */
function withMissed({ fact, trigger, decided }: Heard, now: Date): Decided & { more: Statement[] } {
  const { evaluation } = decided
  if (evaluation.verdict !== 'missed') return { ...decided, more: [] }
  const missed = new Map<string, MissedFacts>()
  noteMissed(missed, trigger, evaluation, fact.toldAt ?? now, 1)
  const fences = { seenSeq: null, openDelivery: fact.openDelivery ?? null }
  const { occurring, also } = rowsOfMissed([...missed.values()], fences, now)
  return { evaluation, occurring: occurring[0] ?? null, more: also }
}

async function write(
  deps: OccurDeps,
  workspaceId: number,
  heard: readonly Heard[],
  now: Date,
): Promise<Recorded> {
  const leaving = heard.flatMap(({ trigger: { id, ownerLeft, enabled } }) =>
    ownerLeft && enabled ? [id] : [],
  )
  const calls = heard.map((it) => {
    const { occurring, evaluation, more } = withMissed(it, now)
    return { occurring, evaluation, openDelivery: it.fact.openDelivery ?? null, also: [...more, ...it.also] }
  })
  const occurring = calls.flatMap((it) =>
    it.occurring ? [{ ...it.occurring, openDelivery: it.openDelivery }] : [],
  )
  const also = planAnew([...new Set(leaving)])
  const page = { workspaceId, occurring, evaluations: [], calls, also }
  const recorded = await recordPage(deps.store, page, now)
  deps.hint([workspaceId])
  deps.lookAtQueue()
  if (leaving.length > 0 || occurring.some((it) => it.occurrence.counts)) deps.look()
  if (heard.some((it) => it.trigger.overlap === 'cancel_other')) await deps.lookForStops()
  return recorded
}

/** The names of a chain that lies too deep; nothing where it does not. */
export async function chainWords(
  store: Store,
  { causeId, depth }: Fact['event']['chain'],
  maxDepth: number,
): Promise<string> {
  if (causeId === null || depth <= maxDepth) return ''
  const line = await chainTo(store, causeId, maxDepth + 1)
  return line.map((it) => `#${it.id} ${it.triggerName}`).join(' → ')
}
