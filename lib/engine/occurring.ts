/**
 * The door for a fact on one trigger: a call of a webhook, a line that was crossed.
 *
 * Promise: a fact becomes one execution however often it is handed in, or leaves a trace of why not; what belongs to
 * it (`also`) is written in the same transaction.
 */
import { type AwaitingTrigger, awaitingOne } from '#db/queries/due.ts'
import { becameOf, chainTo, occur as recordPage, planAnew, type Recorded } from '#db/queries/occurring.ts'
import { byIds, keepRevisions } from '#db/queries/triggers.ts'
import type { Statement } from '#db/statement.ts'
import type { Store } from '#db/store.ts'
import type { EvaluationVerdict } from '../contract/evaluation.ts'
import type { Clock } from '../clock.ts'
import { type Decided, decide, type Fact } from './deciding.ts'

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
  return async (triggerId, fact, also = []) => {
    const trigger = await awaitingOne(store, triggerId)
    if (!trigger) return null
    const before = await becameOf(store, triggerId, fact.key)
    if (before !== null) return { verdict: 'duplicate', executionId: before, answerTo: () => [] }
    // Plain SQL makes revisions that nobody kept yet; a run must know what it ran with.
    await keepRevisions(store, await byIds(store, [triggerId]), clock.now())
    const now = clock.now()
    const chain = await chainWords(store, fact.event.chain, USUAL_DEPTH)
    const decided = decide(trigger, fact, { now, maxDepth: USUAL_DEPTH, chain })
    const { answerTo } = await write(deps, trigger, decided, { fact, also, now })
    return { verdict: decided.evaluation.verdict, executionId: null, answerTo }
  }
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
  if (leaves.length > 0) deps.look()
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
