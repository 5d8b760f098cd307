/** The gate of a schedule in words. Loaded with a schedule that has one. */
import type { OnlyIf } from '#lib/contract/condition-trigger.ts'
import { lineInWords, sourceInWords } from '#lib/contract/condition-words.ts'

export const Gate = ({ onlyIf }: { onlyIf: OnlyIf }) =>
  `${sourceInWords(onlyIf.source)} ${lineInWords(onlyIf)}`
