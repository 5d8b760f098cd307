/**
 * What runs asked people for and nobody decided.
 *
 * Promise: whatever is asked is decided, expires by its rule, or gives way to the same question of a newer run; a run
 * never waits for something that nobody can decide any more.
 */
import type { Logger } from 'pino'
import * as approvals from '#db/queries/approvals.ts'
import type { Entry, Hold } from '#db/queries/entries.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '../clock.ts'
import { shownAfter, wordsOf } from './asking.ts'
import type { Ledger } from './ledger.ts'
import { entryOf, outcomeOfWait } from './outcomes.ts'

const PAGE = 100

export interface ApprovingDeps {
  store: Store
  clock: Clock
  log: Logger
  ledger: Pick<Ledger, 'add'>
  lookAtQueue(): void
  hint(workspaceIds: number[]): void
}

/** Answers how to look once at what expired and at what is out of date. */
export function createApproving(deps: ApprovingDeps): () => Promise<void> {
  const { store, clock, log, ledger } = deps

  async function expire(row: approvals.OverdueRow): Promise<void> {
    const now = clock.now()
    if (row.onExpiry === 'fail') {
      await ledger.add(endOf(row, { reasonCode: 'approval_expired', place: row.place }, now))
      return
    }
    const words = wordsOf({ ...row, status: 'expired', name: null, note: null })
    const decided = await approvals.decide(
      store,
      {
        ...NOBODY,
        id: row.id,
        workspaceId: row.workspaceId,
        triggerId: row.triggerId,
        status: 'expired',
        via: 'expiry',
        step: { text: words, data: { approvalId: row.id, status: 'expired' } },
        shown: shownAfter(row, words, now),
      },
      now,
    )
    if (!decided) return
    deps.hint([row.workspaceId])
    deps.lookAtQueue()
  }

  return async () => {
    for (let full = true; full; ) {
      const late = await approvals.expired(store, clock.now(), PAGE)
      for (const row of late) {
        log.info({ executionId: row.executionId, approvalId: row.id }, 'Nobody decided an approval in time.')
        await expire(row)
      }
      full = late.length === PAGE
    }
    const old = await approvals.outdated(store, PAGE)
    await Promise.all(
      old.map((it) => ledger.add(endOf(it, { reasonCode: 'superseded', newer: it.newer ?? 0 }, clock.now()))),
    )
  }
}

const NOBODY = { by: null, remember: null, note: null, editedArguments: null, editedHash: null, answer: null }

/** A run that waits ends for what it waited for. */
function endOf(row: approvals.OverdueRow, how: Parameters<typeof outcomeOfWait>[2], now: Date): Entry {
  const { executionId, workspaceId, triggerId, owner, fence, attempt } = row
  const hold: Hold = { executionId, workspaceId, triggerId, from: 'waiting', owner, fence, attempt }
  return entryOf(hold, outcomeOfWait(row, row.summary, how, { now, durationMs: row.durationMs }), [])
}
