'use client'
/** Any number of runs; of what is out of sight nothing is drawn. */
import { formatInstant } from '#components/ui/instants.ts'
import { Room, Table, TableBody, Tr } from '#components/ui/table.tsx'
import { Time, useZone } from '#components/ui/time.tsx'
import { type Pages, useEndless, useWindowed } from '#components/ui/windowed.ts'
import type { Execution } from '#lib/contract/execution.ts'
import { HEAD, type Place, ROW_PX, Row } from './table.tsx'
import { longestOf } from './words.ts'

/** The height of a heading, where nothing is measured yet. */
const DAY_PX = 31

type Line = { day: string; key: string } | { execution: Execution; key: string }

/** `byDay`: with a heading for each day of the reader. */
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
  const { box, rows, before, after } = useWindowed<HTMLDivElement>(name, lines.length, heightOf)
  useEndless(rows, lines.length, pages)
  const drawn = (index: number) => ({ 'data-index': index, 'aria-rowindex': index + 2 })
  return (
    <div ref={box}>
      <Table label={label} aria-rowcount={lines.length + 1}>
        {HEAD}
        <TableBody>
          <Room px={before} />
          {rows.map((index) => {
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

const DayRow = ({ at, ...props }: { at: string } & Place) => (
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
