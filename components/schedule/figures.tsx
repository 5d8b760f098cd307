'use client'
/** How a schedule has fared, in figures. */
import { Problem } from '#components/ui/problem.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { formatDuration } from '#components/ui/instants.ts'
import { formatNumber, formatPercent } from '#components/ui/number.ts'
import { useScheduleStats } from '#lib/client/schedules.ts'
import type { TriggerStats } from '#lib/contract/trigger.ts'

export function Figures({ slug, id }: { slug: string; id: number }) {
  const stats = useScheduleStats(slug, id)
  if (stats.isPending)
    return <WaitingRows rows={4} height="h-14" className="grid grid-cols-2 gap-3 sm:grid-cols-4" />
  if (stats.error)
    return (
      <Problem
        error={stats.error}
        retry={stats.refetch}
        title="The figures could not be loaded"
        className="py-6"
      />
    )
  return <Shown stats={stats.data} />
}

const duration = (ms: number | null) => (ms === null ? '–' : formatDuration(ms))
const three = ({ p50, p95, p99 }: TriggerStats['durationMs']) =>
  [
    ['Median', duration(p50)],
    ['95% within', duration(p95)],
    ['99% within', duration(p99)],
  ] as const

function Shown({ stats }: { stats: TriggerStats }) {
  const finished = stats.successfulExecutions + stats.failedExecutions
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-4">
      <Figure
        label="Success rate"
        value={finished === 0 ? '–' : formatPercent(stats.successRate)}
        note={`${formatNumber(stats.successfulExecutions)} of ${formatNumber(finished)}`}
      />
      <Figure
        label="Average duration"
        value={stats.totalExecutions === 0 ? '–' : formatDuration(stats.averageExecutionTime * 1000)}
        note={`${formatNumber(stats.totalExecutions)} ${stats.totalExecutions === 1 ? 'run' : 'runs'} in all`}
      />
      <Spread label="Duration" figures={three(stats.durationMs)} />
      <Spread label="Delay" figures={three(stats.latenessMs)} />
    </dl>
  )
}

const Figure = ({ label, value, note }: { label: string; value: string; note: string }) => (
  <div className="min-w-0">
    <dt className="text-sm text-faint">{label}</dt>
    <dd>
      <span className="block text-xl font-semibold tabular-nums">{value}</span>
      <span className="text-xs text-faint">{note}</span>
    </dd>
  </div>
)

const Spread = ({ label, figures }: { label: string; figures: readonly (readonly [string, string])[] }) => (
  <div className="min-w-0">
    <dt className="text-sm text-faint">{label}</dt>
    <dd className="text-sm tabular-nums">
      {figures.map(([name, value]) => (
        <span key={name} className="flex gap-2">
          <span className="w-20 text-faint">{name}</span>
          {value}
        </span>
      ))}
    </dd>
  </div>
)
