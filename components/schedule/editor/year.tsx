'use client'
/** Twelve months of a schedule: the days on which it runs, is skipped, and on which the clock changes. */
import { cn } from '#components/ui/cn.ts'
import { formatDay, weekdayName } from '#components/ui/instants.ts'
import { formatNumber } from '#components/ui/number.ts'
import type { DraftPreview } from '#lib/contract/advice.ts'

const MONTHS_SHOWN = 12
const DAYS_OF_WEEK = [0, 1, 2, 3, 4, 5, 6]

interface Day {
  date: string
  runs: number
  skipped: boolean
  changes: boolean
}

export function monthsOf({
  days,
  clockChanges,
}: DraftPreview): { month: string; blanks: number; days: Day[] }[] {
  const first = days[0]?.date ?? new Date().toISOString().slice(0, 10)
  const byDate = new Map(days.map((it) => [it.date, it]))
  const changing = new Set(clockChanges.map((it) => it.date))
  const start = new Date(`${first.slice(0, 7)}-01T00:00:00Z`)
  return Array.from({ length: MONTHS_SHOWN }, (_, n) => {
    const at = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + n, 1))
    const length = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate()
    const month = at.toISOString().slice(0, 7)
    return {
      month,
      blanks: (at.getUTCDay() + 6) % 7,
      days: Array.from({ length }, (_, day) => {
        const date = `${month}-${String(day + 1).padStart(2, '0')}`
        const planned = byDate.get(date)
        return {
          date,
          runs: planned?.runs ?? 0,
          skipped: planned?.skipped !== undefined,
          changes: changing.has(date),
        }
      }),
    }
  })
}

const nameOf = (month: string) => formatDay(`${month}-01`, { month: 'long', year: 'numeric' })

export function Year({ preview }: { preview: DraftPreview }) {
  const months = monthsOf(preview)
  return (
    <div className="flex flex-col gap-3 pt-3">
      <ul className="grid grid-cols-2 gap-x-4 gap-y-4 min-[30rem]:grid-cols-3 lg:grid-cols-2">
        {months.map((it) => (
          <li key={it.month} className="min-w-0">
            <Month {...it} />
          </li>
        ))}
      </ul>
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft">
        <Key className="bg-accent" words="runs" />
        <Key className="border border-dashed border-edge" words="left out" />
        {preview.clockChanges.length > 0 && (
          <Key className="outline-2 outline-warn" words="the clock changes" />
        )}
      </p>
    </div>
  )
}

const Key = ({ className, words }: { className: string; words: string }) => (
  <span className="flex items-center gap-1.5">
    <span aria-hidden className={cn('size-2.5 rounded-xs', className)} />
    {words}
  </span>
)

/** Said in a sentence, drawn as a month: a table of days would be read aloud cell by cell. */
function Month({ month, blanks, days }: ReturnType<typeof monthsOf>[number]) {
  const on = days.filter((it) => it.runs > 0 && !it.skipped)
  const runs = on.reduce((sum, it) => sum + it.runs, 0)
  const changes = days.filter((it) => it.changes).map((it) => Number(it.date.slice(8)))
  const said =
    on.length === 0
      ? `${nameOf(month)}: none`
      : `${nameOf(month)}: ${on.length} ${on.length === 1 ? 'day' : 'days'}, ${formatNumber(runs)} ${runs === 1 ? 'run' : 'runs'}`
  return (
    <figure
      aria-label={`${said}${changes.length > 0 ? `; the clock changes on the ${changes.join(', ')}` : ''}`}
    >
      <figcaption className="mb-1 flex justify-between gap-2 text-xs">
        <span className="min-w-0 truncate font-medium">{nameOf(month)}</span>
        <span className="text-faint tabular-nums">{runs > 0 ? formatNumber(runs) : ''}</span>
      </figcaption>
      <div aria-hidden className="grid grid-cols-7 gap-0.5 text-[0.625rem] leading-none text-faint">
        {DAYS_OF_WEEK.map((it) => (
          <span key={it} className="text-center">
            {[...weekdayName(it)][0]}
          </span>
        ))}
        {days.map((it, n) => (
          <span
            key={it.date}
            title={it.date}
            style={n === 0 ? { gridColumnStart: blanks + 1 } : undefined}
            className={cn(
              'aspect-square rounded-xs',
              it.skipped ? 'border border-dashed border-edge' : it.runs > 0 ? 'bg-accent' : 'bg-sunken',
              it.changes && 'outline-2 outline-warn',
            )}
          />
        ))}
      </div>
    </figure>
  )
}
