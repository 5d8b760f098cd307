/** How a filter was judged, comparison by comparison, with what was wanted and what was there. */
import { CircleCheck, CircleX } from 'lucide-react'
import type { Evaluation } from '#lib/contract/evaluation.ts'
import type { Comparison } from '#lib/contract/filter.ts'
import { filterInWords, valueInWords } from '#lib/contract/filter-words.ts'

type Look = Evaluation['trace'][number]

export function Trace({ trace }: { trace: readonly Look[] }) {
  if (trace.length === 0) return null
  return (
    <ul aria-label="What was compared" className="flex flex-col gap-1 text-sm">
      {trace.map((it, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same may be compared twice
        <li key={n} className="flex items-start gap-2">
          {it.pass ? (
            <CircleCheck aria-label="Holds:" className="mt-0.5 size-4 shrink-0 text-good" />
          ) : (
            <CircleX aria-label="Does not hold:" className="mt-0.5 size-4 shrink-0 text-bad" />
          )}
          <span className="min-w-0 wrap-anywhere">
            {comparedIn(it)}
            <span className="text-faint">
              {it.actual === undefined ? ' (nothing stood there)' : ` (it was ${valueInWords(it.actual)})`}
            </span>
          </span>
        </li>
      ))}
    </ul>
  )
}

const comparedIn = ({ path, op, expected }: Look) =>
  filterInWords({ path, op, value: expected } as Comparison)
