/** Figures of a period in words, beside those of the period before; pure. */
import { formatDollars, formatNumber, formatPercent } from '#components/ui/number.ts'
import { formatDuration } from '#components/ui/instants.ts'
import type { Figures, PeriodFigures } from '#lib/contract/overview.ts'

export interface Compared {
  label: string
  value: string
  before: string
  /** Said only of what is good or bad by itself: more runs are neither. */
  change: 'better' | 'worse' | null
}

interface Kind {
  label: string
  of(it: PeriodFigures): number | null
  words(n: number): string
  wanted?: 'more' | 'less'
}

const duration = (ms: number) => formatDuration(ms)
const whole = (n: number) => formatNumber(n)
/** A change of less is noise. */
const WORTH_SAYING = 0.05

const KINDS: readonly Kind[] = [
  { label: 'Success', of: (it) => it.successRate, words: formatPercent, wanted: 'more' },
  { label: 'Runs', of: (it) => it.runs, words: whole },
  { label: 'Median delay', of: (it) => it.latenessMs.p50, words: duration, wanted: 'less' },
  { label: '95% start within', of: (it) => it.latenessMs.p95, words: duration, wanted: 'less' },
  { label: 'Median duration', of: (it) => it.durationMs.p50, words: duration, wanted: 'less' },
  { label: '95% done within', of: (it) => it.durationMs.p95, words: duration, wanted: 'less' },
  { label: 'Failed', of: (it) => it.failed, words: whole, wanted: 'less' },
  { label: 'Missed', of: (it) => it.missed, words: whole, wanted: 'less' },
  { label: 'Skipped', of: (it) => it.skipped, words: whole },
  { label: 'Cancelled', of: (it) => it.cancelled, words: whole },
  { label: 'Tokens', of: (it) => it.tokens, words: whole },
  { label: 'Cost', of: (it) => it.cost, words: (n) => formatDollars(n) },
]

export const comparedOf = ({ now, before }: Pick<Figures, 'now' | 'before'>): Compared[] =>
  KINDS.map(({ label, of, words, wanted }) => {
    const [here, then] = [of(now), of(before)]
    const said = (n: number | null) => (n === null ? '–' : words(n))
    return { label, value: said(here), before: said(then), change: changeOf(here, then, wanted) }
  })

function changeOf(here: number | null, then: number | null, wanted: Kind['wanted']): Compared['change'] {
  if (here === null || then === null || wanted === undefined) return null
  if (Math.abs(here - then) <= WORTH_SAYING * Math.max(Math.abs(then), Math.abs(here))) return null
  return here > then === (wanted === 'more') ? 'better' : 'worse'
}
