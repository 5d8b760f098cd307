/** How much a workspace may keep: one that fills the disk takes it from all others. */
import { type Usage, usage } from '#db/queries/usage.ts'
import type { Store } from '#db/store.ts'
import { tooMany } from '../contract/problem.ts'

const MB = 1024 ** 2
const QUOTAS: Readonly<Usage> = { schedules: 20_000, documents: 10_000, documentBytes: 512 * MB }
const TRY_AGAIN_SECONDS = 3600

/** @throws ProblemError 429 where `more` would be too much. */
export async function requireRoom(store: Store, workspaceId: number, more: Partial<Usage>): Promise<void> {
  const used = await usage(store, workspaceId)
  const full = (name: keyof Usage) => more[name] !== undefined && used[name] + more[name] > QUOTAS[name]
  if (full('schedules')) throw quota(`${QUOTAS.schedules.toLocaleString('en')} schedules`)
  if (full('documents')) throw quota(`${QUOTAS.documents.toLocaleString('en')} documents`)
  if (full('documentBytes')) throw quota(`${QUOTAS.documentBytes / MB} MB of documents`)
}

const quota = (what: string) =>
  tooMany(`This workspace may keep ${what}, and has them. Delete some, then try again.`, TRY_AGAIN_SECONDS)
