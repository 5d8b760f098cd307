'use client'
/** The timeline as a table: the same facts, lane by lane, for whoever reads rather than looks. */
import { Link } from '#components/ui/link.tsx'
import { useEffect, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { HeadRow, Table, TableBody, TableHead, Td, Th, Tr } from '#components/ui/table.tsx'
import { Time } from '#components/ui/time.tsx'
import { PAGE_OF } from '#lib/client/pages.ts'
import type { Lanes } from '#lib/client/timeline.ts'
import type { Lane } from '#lib/contract/timeline.ts'
import { formatDuration } from '#components/ui/instants.ts'
import { timeWords } from './lane.tsx'
import { type Group, grouped, groupWords, lateWords, MOST_ROWS, STATE_WORDS } from './marks.ts'
import type { View } from './state.ts'

/** So many schedules at a time. */
const STEP = 20

interface TableProps {
  slug: string
  view: View
  lanes: Lanes
  onSight(first: number, last: number): void
  onOpen(triggerId: number, at: string, nearMs: number | null): void
}

export function TimelineTable({ slug, view, lanes, onSight, onOpen }: TableProps) {
  const [shown, setShown] = useState(STEP)
  const total = lanes.first?.total ?? 0
  const last = Math.min(shown, total)
  useEffect(() => onSight(0, Math.max(0, last - 1)), [onSight, last])
  const all = Array.from({ length: last }, (_, n) => lanes.laneAt(n)).flatMap((it) => it ?? [])
  const isWaiting = all.length < last || lanes.isOld
  return (
    <div className="flex flex-col gap-4" aria-busy={isWaiting}>
      <Table label="Timeline">
        <TableHead>
          <HeadRow>
            <Th>When</Th>
            <Th className="w-full">What</Th>
            <Th>Late</Th>
            <Th>Took</Th>
            <Th>
              <span className="sr-only">More</span>
            </Th>
          </HeadRow>
        </TableHead>
        <TableBody>
          {all.map((lane) => (
            <LaneRows key={lane.triggerId} {...{ slug, view, lane, onOpen }} />
          ))}
        </TableBody>
      </Table>
      {last < total && (
        <Button className="self-center" onClick={() => setShown(last + STEP)}>
          {Math.min(STEP, total - last)} more of {total} schedules
        </Button>
      )}
      {total > PAGE_OF.lanes && <p className="text-xs text-faint">{total} schedules in all.</p>}
    </div>
  )
}

type LaneProps = Pick<TableProps, 'slug' | 'view' | 'onOpen'> & { lane: Lane }

function LaneRows({ slug, view, lane, onOpen }: LaneProps) {
  const { stretch } = view
  const groups = grouped(lane.marks, stretch, (stretch.toMs - stretch.fromMs) / MOST_ROWS)
  const ask = (at: string) => onOpen(lane.triggerId, at, null)
  return (
    <>
      <Tr className="max-sm:border-0 max-sm:bg-transparent max-sm:px-1 max-sm:shadow-none">
        <th
          scope="rowgroup"
          colSpan={5}
          className="block bg-sunken px-5 py-1.5 text-left text-sm font-medium max-sm:bg-transparent max-sm:px-0 sm:table-cell"
        >
          <Link
            href={`/w/${slug}/schedules/${lane.triggerId}`}
            className="underline-offset-4 hover:underline"
          >
            {lane.name}
          </Link>
          <span className="ml-2 font-normal text-faint">{lane.words}</span>
        </th>
      </Tr>
      {lane.off.map(({ from, to, text }) => (
        <Tr key={`off ${from}`}>
          {/* Two instants are wider than the column of one. */}
          <Td colSpan={2} className="text-soft">
            <span className="mr-4 text-ink">
              <Time at={from} /> to {to === null ? 'further notice' : <Time at={to} />}
            </span>
            {text}
          </Td>
          <Td className="max-sm:hidden" />
          <Td className="max-sm:hidden" />
        </Tr>
      ))}
      {groups.map((it) => (
        <GroupRow key={it.key} {...{ slug, view, lane, ask }} group={it} />
      ))}
      {groups.length === 0 && lane.off.length === 0 && (
        <Tr>
          <Td className="text-faint">Nothing in this time.</Td>
          <Td className="max-sm:hidden" />
          <Td className="max-sm:hidden" />
          <Td className="max-sm:hidden" />
          <Td className="max-sm:hidden" />
        </Tr>
      )}
      {lane.shownUntil && (
        <Tr>
          <Td label="When">
            After <Time at={lane.shownUntil} />
          </Td>
          <Td className="text-soft">It goes on like this.</Td>
          <Td className="max-sm:hidden" />
          <Td className="max-sm:hidden" />
          <Td className="max-sm:hidden" />
        </Tr>
      )}
    </>
  )
}

interface GroupProps {
  slug: string
  view: Pick<View, 'stretch' | 'awake'>
  lane: Lane
  group: Group
  ask(at: string): void
}

function GroupRow({ slug, view: { stretch, awake }, lane, group, ask }: GroupProps) {
  const { marks, count, fromMs, untilMs, state } = group
  const [one] = marks
  const id = marks.find((it) => it.state === state)?.executionId ?? null
  const at = new Date(fromMs).toISOString()
  const most = (of: 'lateMs' | 'durationMs') => {
    const known = marks.flatMap((it) => it[of] ?? [])
    return known.length === 0 ? null : Math.max(...known)
  }
  const [late, took] = [lateWords(most('lateMs')), most('durationMs')]
  return (
    <Tr>
      <Td label="When" className="sm:whitespace-nowrap">
        <span className="tabular-nums">
          <Time at={at} format={stretch.span === 'day' ? 'time' : 'instant'} />
          {untilMs > fromMs && (
            <>
              {' to '}
              <Time at={new Date(untilMs).toISOString()} format="time" />
            </>
          )}
        </span>
      </Td>
      <Td>
        <span>
          {count > 1 ? groupWords(group) : STATE_WORDS[state]}
          {count === 1 && one?.reason && <span className="ml-2 text-soft">{one.reason}</span>}
        </span>
      </Td>
      <Td label="Late" className={late ? 'sm:whitespace-nowrap' : 'max-sm:hidden'}>
        {late ?? ''}
      </Td>
      <Td label="Took" className={took === null ? 'max-sm:hidden' : 'sm:whitespace-nowrap'}>
        {took === null ? '' : formatDuration(took)}
      </Td>
      <Td>
        <span className="flex gap-3 whitespace-nowrap">
          {id !== null && (
            <Link
              href={`/w/${slug}/executions/${id}`}
              aria-label={`Run ${id} of ${lane.name}`}
              className="text-accent-text underline underline-offset-4"
            >
              Run
            </Link>
          )}
          <button
            type="button"
            aria-label={`Why: ${lane.name}, ${timeWords(at, stretch, awake)}`}
            className="text-accent-text underline underline-offset-4"
            onClick={() => ask(group.key)}
          >
            Why?
          </button>
        </span>
      </Td>
    </Tr>
  )
}
