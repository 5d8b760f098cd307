/** What a schedule asks before its runs and of them, as it is opened to be edited. */
import { type ConditionDraft, emptyCondition } from '#components/condition/draft.ts'
import { sourceDraftOf } from '#components/condition/opening.ts'
import type { OnlyIf } from '#lib/contract/condition-trigger.ts'
import type { Expect } from '#lib/contract/expectation.ts'
import type { DeadlineDraft, DemandsDraft } from './draft.ts'

export const NEW_DEADLINE: DeadlineDraft = { from: 'planned', by: '09:30', within: '30', unit: '60' }

export function gateDraftOf({ kept, draft }: DemandsDraft['onlyIf']): { isOn: boolean; of: ConditionDraft } {
  if (draft) return draft
  if (!kept) return { isOn: false, of: emptyCondition }
  const { source, op, value } = kept as OnlyIf
  return { isOn: true, of: { ...emptyCondition, ...sourceDraftOf(source), op, line: String(value) } }
}

export const deadlineDraftsOf = ({ kept, draft }: DemandsDraft['expect']): DeadlineDraft[] =>
  draft ?? ((kept ?? []) as Expect).map(deadlineDraftOf)

function deadlineDraftOf({ by, withinSeconds, from }: Expect[number]): DeadlineDraft {
  if (withinSeconds === null) return { ...NEW_DEADLINE, from: 'by', by: by ?? '' }
  const unit = (['86400', '3600', '60'] as const).find((it) => withinSeconds % Number(it) === 0) ?? '1'
  return { ...NEW_DEADLINE, from, within: String(withinSeconds / Number(unit)), unit }
}
