'use client'
import { formatNumber } from '#components/ui/number.ts'
import { memo } from 'react'
import { Link } from '#components/ui/link.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { cn } from '#components/ui/cn.ts'
import { HeadRow, Table, TableBody, TableHead, Td, Th, Tr } from '#components/ui/table.tsx'
import { Time } from '#components/ui/time.tsx'
import type { Execution } from '#lib/contract/execution.ts'
import { DurationBar } from './duration-bar.tsx'
import { ExecutionStatus } from './status-badge.tsx'
import { gapOf, latenessOf, longestOf, originOf } from './words.ts'

export const HEAD = (
  <TableHead>
    <HeadRow>
      <Th>Status</Th>
      <Th className="w-full">Run</Th>
      <Th>Planned</Th>
      <Th>Started</Th>
      <Th>Duration</Th>
    </HeadRow>
  </TableHead>
)

/** A few of them, all in sight. */
export function ExecutionTable({
  slug,
  label,
  executions,
}: {
  slug: string
  label: string
  executions: readonly Execution[]
}) {
  const longest = longestOf(executions)
  return (
    <Table label={label}>
      {HEAD}
      <TableBody>
        {executions.map((it) => (
          <Row key={it.id} slug={slug} execution={it} longestMs={longest.get(it.triggerId) ?? 0} />
        ))}
      </TableBody>
    </Table>
  )
}

/** A column needs its cell; a card does without a line that says nothing. */
const NOT_ON_A_CARD = 'max-sm:hidden'
/** A row of one line is 44 px high and its edge, whatever its cells hold. */
export const ROW_PX = 45
const LOW = 'sm:py-2 sm:h-[45px]'

/** Where it stands in a list of which not every row is drawn. */
export interface Place {
  'data-index'?: number
  'aria-rowindex'?: number
}

/** Drawn again where it is another: of a list that is scrolled or asked for again, few rows are. */
export const Row = memo(function Row({
  slug,
  execution: it,
  longestMs,
  ...props
}: { slug: string; execution: Execution; longestMs: number } & Place) {
  const origin = originOf(it)
  const lateness = latenessOf(it)
  const gap = gapOf(it)
  return (
    <Tr {...props} className="max-sm:flex max-sm:flex-col">
      <Td label="Status" className={LOW}>
        <ExecutionStatus execution={it} />
      </Td>
      <Td className={cn('max-sm:order-first sm:max-w-0', LOW)}>
        <div className="min-w-0">
          <p className="flex min-w-0 items-center gap-x-2 gap-y-1 max-sm:flex-wrap">
            <Link
              href={`/w/${slug}/executions/${it.id}`}
              className="min-w-0 font-medium underline-offset-4 hover:underline sm:truncate"
            >
              {it.triggerName} <span className="font-normal text-faint">#{it.id}</span>
            </Link>
            {gap && <Badge tone="warn">{gap}</Badge>}
            {origin && <Badge tone="outline">{origin}</Badge>}
            {it.eventCount !== null && it.eventCount > 1 && (
              <Badge tone="outline">{formatNumber(it.eventCount)} events</Badge>
            )}
            {it.attempt > 1 && <Badge tone="outline">Attempt {it.attempt}</Badge>}
            {it.reason && (
              <span title={it.reason} className="min-w-0 text-soft max-sm:basis-full sm:flex-1 sm:truncate">
                {it.reason}
              </span>
            )}
          </p>
          {it.missedFrom && it.missedTo && gap && (
            <p className="text-soft">
              From <Time at={it.missedFrom} /> to <Time at={it.missedTo} />
            </p>
          )}
        </div>
      </Td>
      <Td label="Planned" className={cn('sm:whitespace-nowrap', LOW, !it.scheduledFor && NOT_ON_A_CARD)}>
        {it.scheduledFor ? <Time at={it.scheduledFor} /> : <span className="text-faint">–</span>}
      </Td>
      <Td label="Started" className={cn('sm:whitespace-nowrap', LOW, !it.startedAt && NOT_ON_A_CARD)}>
        {it.startedAt ? (
          <>
            <Time at={it.startedAt} format="time" />
            {lateness && lateness !== 'on time' && (
              <span className="ml-1.5 text-xs text-faint max-sm:block">{lateness}</span>
            )}
          </>
        ) : (
          <span className="text-faint">–</span>
        )}
      </Td>
      <Td
        label="Duration"
        className={cn(LOW, it.durationMs === null && it.status !== 'running' && NOT_ON_A_CARD)}
      >
        <DurationBar execution={it} longestMs={longestMs} />
      </Td>
    </Tr>
  )
})
