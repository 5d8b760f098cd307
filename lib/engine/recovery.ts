/**
 * Finds executions that nobody carries out though their row says so.
 *
 * Promise: such an execution is settled or tried again, never left running: its owner died, in this server's
 * previous life or elsewhere, or the answer to a claim was lost and its owner does not know of it.
 */
import type { Logger } from 'pino'
import { abandoned } from '#db/queries/claiming.ts'
import type { Hold } from '#db/queries/entries.ts'
import type { TriggerConfig } from '#db/queries/triggers.ts'
import type { Store } from '#db/store.ts'
import type { AgentPort } from '../agents/port.ts'
import { type Clock, seconds } from '../clock.ts'
import type { Ledger } from './ledger.ts'
import { type Ending, entryOf, factsOf, outcomeOf } from './outcomes.ts'
import { closingStep } from './transcript.ts'

const PAGE = 250
/** A clock that follows another may be set back a little. */
const CLOCK_SLACK_MS = seconds(1)

export interface RecoveryDeps {
  store: Store
  clock: Clock
  log: Logger
  ledger: Ledger
  serverId: string
  /** How long the word of a server that it is alive holds. */
  leaseMs: number
  safeToRepeat: AgentPort['safeToRepeat']
  /** The executions that this process carries out. */
  carriedOut(): number[]
  /** Of those that it does not: it began here, and was left without an outcome. */
  wasLeftBehind(executionId: number, fence: number): boolean
  /** When the claim began whose answer is still to come; null when none is under way. */
  claimingSince(): Date | null
  recovered(): void
}

type Left = Awaited<ReturnType<typeof abandoned>>[number]

/** Answers how to look once: it settles, or queues again, what it finds, and answers how many that were. */
export function createRecovery(deps: RecoveryDeps): () => Promise<number> {
  const { store, clock, log, ledger, serverId } = deps

  function look(): Promise<Left[]> {
    const now = clock.now()
    // Where it cannot be shared, every other owner is dead.
    const aliveSince = store.shared ? new Date(now.getTime() - deps.leaseMs) : now
    return abandoned(store, aliveSince, PAGE, {
      owner: serverId,
      carriedOut: deps.carriedOut(),
      begunBefore: new Date((deps.claimingSince() ?? now).getTime() - CLOCK_SLACK_MS),
    })
  }

  const endingOf = (it: Left): Ending =>
    it.owner === serverId && !deps.wasLeftBehind(it.id, it.fence)
      ? { kind: 'unbegun' }
      : {
          kind: 'crashed',
          begunAt: new Date(it.startedAt),
          cancelRequested: it.cancelRequestedAt !== null,
        }

  async function settle(it: Left): Promise<void> {
    const config = JSON.parse(it.config ?? '{}') as Partial<TriggerConfig>
    // Whatever the dead server had time to say, it is told of as a run that had begun.
    const safeToRepeat = await deps.safeToRepeat(it.workspaceId, it)
    const facts = factsOf(it, config, { safeToRepeat, announced: true })
    const now = clock.now()
    const outcome = outcomeOf(facts, endingOf(it), { now, durationMs: null, chance: 0 })
    log.warn(
      { executionId: it.id, scheduleId: it.triggerId, again: outcome.recorded.kind === 'requeue' },
      outcome.recorded.reason ?? '',
    )
    const steps = outcome.noted ? [closingStep(it.fence, now, outcome.noted)] : []
    await ledger.add(entryOf(holdOf(it), outcome, steps))
  }

  return async () => {
    let found = 0
    for (let page = PAGE; page === PAGE; found += page) {
      const left = await look()
      await Promise.all(left.map(settle))
      page = left.length
    }
    if (found > 0) deps.recovered()
    return found
  }
}

const holdOf = ({ id, workspaceId, triggerId, owner, fence, attempt }: Left): Hold => ({
  executionId: id,
  workspaceId,
  triggerId,
  from: 'running',
  owner,
  fence,
  attempt,
})
