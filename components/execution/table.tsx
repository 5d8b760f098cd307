'use client'
import { formatNumber } from '#components/ui/number.ts'
import Link from 'next/link'
import { Badge } from '#components/ui/badge.tsx'
import { cn } from '#components/ui/cn.ts'
import { HeadRow, Room, Table, TableBody, TableHead, Td, Th, Tr } from '#components/ui/table.tsx'
import { formatInstant } from '#components/ui/instants.ts'
import { Time, useZone } from '#components/ui/time.tsx'
import { type Pages, useEndless, useWindowed } from '#components/ui/windowed.ts'
import type { Execution } from '#lib/contract/execution.ts'
import { DurationBar } from './duration-bar.tsx'
import { ExecutionStatus } from './status-badge.tsx'
import { gapOf, latenessOf, longestOf, originOf } from './words.ts'

const HEAD = (
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

/** Heights of a row and of a heading, where nothing is measured yet. */
const ROW_PX = 45
const DAY_PX = 31

type Line = { day: string; key: string } | { execution: Execution; key: string }

/** Any number of them; of what is out of sight nothing is drawn. `byDay`: with a heading for each day of the reader. */
export function LongExecutionTable({
  slug,
  name,
  label,
  executions,
  byDay,
  pages,
}: {
  slug: string
  /** Of the list, as long as it is the same. */
  name: string
  label: string
  executions: readonly Execution[]
  byDay: boolean
  pages: Pages
}) {
  const longest = longestOf(executions)
  const dayOf = daysIn(useZone())
  const lines = linesOf(executions, byDay ? dayOf : null)
  const heightOf = (n: number) => ('day' in (lines[n] as Line) ? DAY_PX : ROW_PX)
  const { box, items, before, after, measure } = useWindowed<HTMLDivElement>(name, lines.length, heightOf)
  useEndless(items, lines.length, pages)
  const drawn = (index: number) => ({ ref: measure, 'data-index': index, 'aria-rowindex': index + 2 })
  return (
    <div ref={box}>
      <Table label={label} aria-rowcount={lines.length + 1}>
        {HEAD}
        <TableBody>
          <Room px={before} />
          {items.map(({ index }) => {
            const line = lines[index] as Line
            return 'day' in line ? (
              <DayRow key={line.key} at={line.day} {...drawn(index)} />
            ) : (
              <Row
                key={line.key}
                slug={slug}
                execution={line.execution}
                longestMs={longest.get(line.execution.triggerId) ?? 0}
                {...drawn(index)}
              />
            )
          })}
          <Room px={after} />
        </TableBody>
      </Table>
    </div>
  )
}

function linesOf(executions: readonly Execution[], dayOf: ReturnType<typeof daysIn> | null): Line[] {
  return executions.flatMap((execution, n): Line[] => {
    const line = { execution, key: String(execution.id) }
    const isNew = dayOf && dayOf(execution) !== dayOf(executions[n - 1])
    return isNew ? [{ day: execution.queuedAt, key: `day ${execution.id}` }, line] : [line]
  })
}

/** The server knows no reader's day: what it draws has those of UTC, so that little moves when the page wakes up. */
const daysIn = (zone: string | null) => (it: Execution | undefined) =>
  it && (zone === null ? it.queuedAt.slice(0, 10) : formatInstant(it.queuedAt, 'date', zone))

const DayRow = ({ at, ...props }: { at: string } & Measured) => (
  <Tr {...props} className="max-sm:border-0 max-sm:bg-transparent max-sm:px-1 max-sm:shadow-none">
    <th
      scope="rowgroup"
      colSpan={5}
      className="block bg-sunken px-5 py-1.5 text-left text-xs font-medium text-faint max-sm:bg-transparent max-sm:px-0 sm:table-cell"
    >
      <Time at={at} format="date" />
    </th>
  </Tr>
)

/** A column needs its cell; a card does without a line that says nothing. */
const NOT_ON_A_CARD = 'max-sm:hidden'
/** A row of one line is 44 px high. */
const LOW = 'sm:py-2'

interface Measured {
  ref?: (row: Element | null) => void
  'data-index'?: number
  'aria-rowindex'?: number
}

function Row({
  slug,
  execution: it,
  longestMs,
  ...props
}: { slug: string; execution: Execution; longestMs: number } & Measured) {
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
              prefetch={false}
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
}
