/** What is asked before runs and of them means, and what of it cannot be meant. */
import { sourceOf, whenOf } from '#components/condition/reading.ts'
import type { NewTriggerInput } from '#lib/contract/trigger.ts'
import type { DeadlineDraft, DemandsDraft } from './draft.ts'

type Sent = Required<Pick<NewTriggerInput, 'onlyIf' | 'expect'>>

/** A field is named by where it stands: `onlyIf.source.url`, `expect.0.by`. */
export const readDemands = ({ onlyIf, expect }: DemandsDraft, errors: Record<string, string>): Sent => ({
  onlyIf: onlyIf.draft ? readGate(onlyIf.draft, errors) : (onlyIf.kept ?? null),
  expect: expect.draft ? readDeadlines(expect.draft, errors) : (expect.kept ?? null),
})

function readGate(
  { isOn, of }: NonNullable<DemandsDraft['onlyIf']['draft']>,
  errors: Record<string, string>,
): Sent['onlyIf'] {
  if (!isOn) return null
  const found: Record<string, string> = {}
  const source = sourceOf(of, found)
  const { op, value } = whenOf({ ...of, clear: '' }, found)
  for (const [path, words] of Object.entries(found)) errors[`onlyIf.${path.replace(/^when\./, '')}`] = words
  return { source, op, value } as Sent['onlyIf']
}

function readDeadlines(drafts: readonly DeadlineDraft[], errors: Record<string, string>): Sent['expect'] {
  if (drafts.length === 0) return null
  return drafts.map(({ from, by, within, unit }, n) => {
    if (from === 'by') {
      if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(by)) errors[`expect.${n}.by`] = 'Write a time, such as 09:30.'
      return { by }
    }
    const withinSeconds = Math.round(Number(within) * Number(unit))
    if (within.trim() === '' || !(withinSeconds >= 1)) errors[`expect.${n}.withinSeconds`] = 'Write how long.'
    return { withinSeconds, from }
  })
}
