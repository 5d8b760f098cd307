/**
 * What a schedule asks before its runs and of them, while it is being edited: `onlyIf` and `expect`.
 *
 * Promise: what stands there is kept as it is until somebody changes it here, and then as it was typed.
 */
import type { ConditionDraft } from '#components/condition/draft.ts'
import type { NewTriggerInput, Trigger } from '#lib/contract/trigger.ts'

export interface DeadlineDraft {
  from: 'by' | 'planned' | 'last_success'
  by: string
  within: string
  /** Seconds. */
  unit: '1' | '60' | '3600' | '86400'
}

export interface DemandsDraft {
  /** `draft` null: as it is kept. */
  onlyIf: { kept: Sent['onlyIf']; draft: { isOn: boolean; of: ConditionDraft } | null }
  expect: { kept: Sent['expect']; draft: DeadlineDraft[] | null }
}
type Sent = Pick<NewTriggerInput, 'onlyIf' | 'expect'>

export const demandsOf = ({ onlyIf, expect }: Partial<Pick<Trigger, 'onlyIf' | 'expect'>>): DemandsDraft => ({
  onlyIf: { kept: onlyIf ?? null, draft: null },
  expect: { kept: expect ?? null, draft: null },
})

export const demandsSet = ({ onlyIf, expect }: DemandsDraft): number =>
  Number(onlyIf.draft ? onlyIf.draft.isOn : Boolean(onlyIf.kept)) + (expect.draft ?? expect.kept ?? []).length

export const concernsDemands = (errors: Readonly<Record<string, string>>): boolean =>
  Object.keys(errors).some((path) => /^(onlyIf|expect)\b/.test(path))
