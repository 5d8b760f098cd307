/** How much a workspace may keep: one that fills the disk takes it from all others. */
import { fullest, type Usage, usage } from '#db/queries/usage.ts'
import type { Store } from '#db/store.ts'
import { type Clock, minutes } from '../clock.ts'
import { ProblemError, tooMany } from '../contract/problem.ts'

const MB = 1024 ** 2
const QUOTAS: Readonly<Usage> = { schedules: 10_000, documents: 10_000, documentBytes: 512 * MB }
const TRY_AGAIN_SECONDS = 3600

const SAID: Record<keyof Usage, (n: number) => string> = {
  schedules: (n) => `${n.toLocaleString('en')} schedules`,
  documents: (n) => `${n.toLocaleString('en')} documents`,
  documentBytes: (n) => `${Math.round(n / MB)} MB of documents`,
}
const NAMES = Object.keys(QUOTAS) as (keyof Usage)[]

/** @throws ProblemError where `more` would be too much: 422 for schedules, else 429. */
export async function requireRoom(store: Store, workspaceId: number, more: Partial<Usage>): Promise<void> {
  const used = await usage(store, workspaceId)
  const full = NAMES.find((it) => more[it] !== undefined && used[it] + more[it] > QUOTAS[it])
  if (!full) return
  const detail = `This workspace may keep ${SAID[full](QUOTAS[full])}, and has them. Delete some, then try again.`
  throw full === 'schedules' ? new ProblemError(422, detail) : tooMany(detail, TRY_AGAIN_SECONDS)
}

/** From this part of a quota on the operator is told, while there is still room. */
const NEARLY_FULL = 0.9
/** It counts all that there is: whoever asks more often is told the same. */
const COUNTED_EVERY_MS = minutes(1)

/** In words, what some workspace has nearly as much of as it may. Names none: whoever operates the server asks. */
export function createFullness({ store, clock }: { store: Store; clock: Pick<Clock, 'monotonicMs'> }) {
  let known: string[] = []
  let countedAtMs = Number.NEGATIVE_INFINITY
  return async (): Promise<string[]> => {
    if (clock.monotonicMs() - countedAtMs < COUNTED_EVERY_MS) return known
    const used = await fullest(store)
    countedAtMs = clock.monotonicMs()
    known = NAMES.filter((it) => used[it] >= NEARLY_FULL * QUOTAS[it]).map(
      (it) => `A workspace has ${SAID[it](used[it])}; it may keep ${SAID[it](QUOTAS[it])}.`,
    )
    return known
  }
}
