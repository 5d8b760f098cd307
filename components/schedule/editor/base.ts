/**
 * What is edited, as it was when the form was opened: what others change meanwhile is neither shown as ours nor undone.
 * Pure.
 */
import type { Trigger } from '#lib/contract/trigger.ts'
import type { Draft } from './draft.ts'
import type { Kept, KeptDraft } from './kept-draft.ts'

/** Whether it is on is not the form's to say, and another revision all the same. */
export type Standing = Pick<Trigger, 'enabled' | 'pausedReason' | 'pausedUntil'>
export interface Base {
  draft: Draft
  /** Undefined of one that is yet to be. */
  revision: number | undefined
  standing: Standing | null
}
/** As it is kept beside a draft. */
export type KeptBase = Omit<Base, 'draft'> & { draft: KeptDraft }

const standingOf = ({ enabled, pausedReason, pausedUntil }: Standing): Standing => ({
  enabled,
  pausedReason,
  pausedUntil,
})

export const baseOf = (draft: Draft, schedule?: Trigger): Base => ({
  draft,
  revision: schedule?.revision,
  standing: schedule ? standingOf(schedule) : null,
})

const over = (draft: Draft, part: KeptDraft): Draft => ({
  ...draft,
  ...part,
  contexts: { ...draft.contexts, ...part.contexts },
})

/**
 * What was kept is gone on with from where it was begun: what others have changed since then is found when it is saved.
 * What is never kept is as it is now, on both sides.
 */
export const resumed = (now: Base, { draft, base }: Kept): { opened: Base; draft: Draft } => ({
  opened: base ? { ...base, draft: over(now.draft, base.draft) } : now,
  draft: over(now.draft, draft),
})
