/**
 * The door for a fact on one trigger: a call of a webhook, a line that was crossed.
 *
 * Promise: a fact becomes one execution however often it is handed in, or leaves a trace of why not; what belongs to
 * it (`also`) is written in the same transaction.
 */
import { type AwaitingTrigger, awaitingOne } from '#db/queries/due.ts'
import { becameOf, chainTo, occur as recordPage, planAnew, type Recorded } from '#db/queries/occurring.ts'
import { byIds, keepRevisions } from '#db/queries/triggers.ts'
import { outages } from '#db/queries/upkeep.ts'
import type { Statement } from '#db/statement.ts'
import type { Store } from '#db/store.ts'
import type { EvaluationVerdict } from '../contract/evaluation.ts'
import type { Clock } from '../clock.ts'
import { isTooOld } from './catching-up.ts'
import { type Decided, decide, type Fact } from './deciding.ts'
import { interruptionsIn } from './interruptions.ts'
import { type MissedFacts, noteMissed, rowsOfMissed } from './missed.ts'

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

export function createOccur(deps: OccurDeps): Occur {
  const { store, clock } = deps
  return async (triggerId, fact, given = []) => {
    const trigger = await awaitingOne(store, triggerId)
    if (!trigger) return null
    const before = await becameOf(store, triggerId, fact.key)
    if (before !== null) return { verdict: 'duplicate', executionId: before, answerTo: () => [] }
    // Plain SQL makes revisions that nobody kept yet; a run must know what it ran with.
    await keepRevisions(store, await byIds(store, [triggerId]), clock.now())
    const now = clock.now()
    const toldAt = fact.toldAt ?? now
    const chain = await chainWords(store, fact.event.chain, USUAL_DEPTH)
    const interruptions = interruptionsIn(await outages(store, toldAt), now)
    // It was taken in, and is carried by itself: what else was missed is not known.
    const isDropped = trigger.misfire === 'skip' || isTooOld(trigger, toldAt, now)
    const at = { now, toldAt, interruptions, isDropped, maxDepth: USUAL_DEPTH, chain }
    const decided = await withMissed(store, decide(trigger, fact, at), { fact, trigger, toldAt, now })
    const also = [...decided.more, ...given]
    const { answerTo } = await write(deps, trigger, decided, { fact, also, now })
    return { verdict: decided.evaluation.verdict, executionId: null, answerTo }
  }
}

/** With the row that stands for it, where it is not caught up. */
async function withMissed(
  store: Store,
  decided: Decided,
  { fact, trigger, toldAt, now }: { fact: Fact; trigger: AwaitingTrigger; toldAt: Date; now: Date },
): Promise<Decided & { more: Statement[] }> {
  const { evaluation } = decided
  if (evaluation.verdict !== 'missed') return { ...decided, more: [] }
  const missed = new Map<string, MissedFacts>()
  noteMissed(missed, trigger, evaluation, toldAt, 1)
  const fences = { seenSeq: null, openDelivery: fact.openDelivery ?? null }
  const { occurring, also } = await rowsOfMissed(store, [...missed.values()], fences, now)
  return { evaluation, occurring: occurring[0] ?? null, more: also }
}

async function write(
  deps: OccurDeps,
  trigger: AwaitingTrigger,
  { occurring, evaluation }: Decided,
  { fact, also, now }: { fact: Fact; also: readonly Statement[]; now: Date },
): Promise<Recorded> {
  const { id, workspaceId, overlap, enabled, ownerLeft } = trigger
  const leaves = ownerLeft && enabled ? [id] : []
  const recorded = await recordPage(
    deps.store,
    {
      workspaceId,
      occurring: occurring ? [occurring] : [],
      evaluations: [evaluation],
      openDelivery: fact.openDelivery ?? null,
      also: [...also, ...planAnew(leaves)],
    },
    now,
  )
  deps.hint([workspaceId])
  deps.lookAtQueue()
  if (leaves.length > 0 || occurring?.occurrence.counts) deps.look()
  if (overlap === 'cancel_other') await deps.lookForStops()
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
