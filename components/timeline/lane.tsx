/** One lane: a schedule's name, and what became of its instants. Each mark leads to its run. */
import { Link } from '#components/ui/link.tsx'
import { memo, type MouseEvent } from 'react'
import { cn } from '#components/ui/cn.ts'
import { formatInstant } from '#components/ui/instants.ts'
import { wallOf } from '#components/schedule/wall-clock.ts'
import type { Lane as LaneData } from '#lib/contract/timeline.ts'
import { BARS, OFF, PILLS } from './drawing.ts'
import { type Group, groupWords, isPlan } from './marks.ts'
import { pointedAt, type Stretch } from './span.ts'

export const placeOf = ({ fromMs, toMs }: Stretch, atMs: number) =>
  (100 * (Math.min(Math.max(atMs, fromMs), toMs) - fromMs)) / (toMs - fromMs)

/** On the server by the wall clock alone; once the page is awake, as its reader writes it. */
export const timeWords = (at: string, { span, zone }: Stretch, awake: boolean): string =>
  awake
    ? formatInstant(at, span === 'day' ? 'time' : 'instant', zone)
    : wallOf(at, zone)
        .slice(span === 'day' ? 11 : 0)
        .replace('T', ' ')

/** The cell that has the one place in the order of tabs; null: the name of its row. */
export interface Cell {
  row: number
  key: string | null
}

interface LaneProps {
  slug: string
  row: number
  lane: LaneData
  groups: readonly Group[]
  stretch: Stretch
  nowMs: number
  widthPx: number
  awake: boolean
  /** Of its cells: the one that is reached with Tab, and the one that is asked about. */
  stop: string | null | undefined
  openedAt: string | undefined
  onCell(cell: Cell): void
  onOpen(triggerId: number, at: string): void
}

export const LANE_CLASS =
  'grid h-16 grid-rows-[1.5rem_1fr] border-t border-line sm:h-11 sm:grid-cols-[12rem_minmax(0,1fr)] sm:grid-rows-1'

export const Lane = memo(function Lane(props: LaneProps) {
  const { slug, row, lane, stretch, widthPx, stop, onCell, onOpen } = props
  function pressed(event: MouseEvent<HTMLDivElement>) {
    if (event.target !== event.currentTarget) return
    const { left, width } = event.currentTarget.getBoundingClientRect()
    onOpen(lane.triggerId, pointedAt(stretch, (event.clientX - left) / width, widthPx))
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a grid that is drawn by place, not by columns
    <div role="row" tabIndex={-1} aria-rowindex={row + 1} data-lane={lane.triggerId} className={LANE_CLASS}>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowheader" tabIndex={-1} className="flex min-w-0 items-center px-3 sm:pr-2 sm:pl-4">
        <Link
          href={`/w/${slug}/schedules/${lane.triggerId}`}
          data-cell={`${row}:`}
          tabIndex={stop === null ? 0 : -1}
          onFocus={() => onCell({ row, key: null })}
          title={lane.words}
          className={cn(
            'truncate text-sm font-medium underline-offset-4 hover:underline',
            !lane.enabled && 'text-faint',
          )}
        >
          {lane.name}
          {lane.deletedAt && <span className="font-normal text-faint"> deleted</span>}
        </Link>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: for the pointer alone: the panel takes any time */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
      <div className="relative cursor-crosshair" onClick={pressed}>
        <Off {...props} />
        <Cut {...props} />
        <Marks {...props} />
      </div>
    </div>
  )
})

function Off({ lane, stretch, nowMs }: LaneProps) {
  return lane.off.map(({ kind, from, to, text }) => {
    const left = placeOf(stretch, Date.parse(from))
    const right = placeOf(stretch, to === null ? Math.max(nowMs, stretch.toMs) : Date.parse(to))
    return (
      <span
        key={`${kind} ${from}`}
        title={text}
        className={cn('pointer-events-none absolute inset-y-0', OFF)}
        style={{ left: `${left}%`, width: `${right - left}%` }}
      />
    )
  })
}

/** Where more took place than is counted, or more will than is looked at. */
function Cut({ lane: { shownFrom, shownUntil }, stretch }: LaneProps) {
  const word = 'pointer-events-none absolute top-1/2 -translate-y-1/2 px-1 text-xs text-faint'
  return (
    <>
      {shownFrom && <span className={cn(word, 'left-0')}>Earlier runs are not counted.</span>}
      {shownUntil && (
        <span className={word} style={{ left: `${placeOf(stretch, Date.parse(shownUntil))}%` }}>
          … and so on
        </span>
      )}
    </>
  )
}

function Marks({ slug, row, lane, groups, stretch, awake, stop, openedAt, onCell, onOpen }: LaneProps) {
  return groups.map((it) => {
    const id = it.marks.find((mark) => mark.state === it.state)?.executionId ?? null
    const words = `${timeWords(new Date(it.fromMs).toISOString(), stretch, awake)}: ${groupWords(it)}`
    const cell = {
      'data-cell': `${row}:${it.key}`,
      tabIndex: stop === it.key ? 0 : -1,
      'aria-label': words,
      title: words,
      onFocus: () => onCell({ row, key: it.key }),
    }
    const look = cn(
      'absolute top-1/2 flex h-6 min-w-6 -translate-y-1/2 items-center justify-center',
      it.count > 1 ? 'rounded-full' : '-ml-3 rounded-md',
      openedAt === it.key && 'outline-2 outline-offset-2 outline-accent',
    )
    const at = placeOf(stretch, it.placeMs)
    const place = {
      left: it.count > 1 ? `min(${at}%, 100% - 1.5rem)` : `${at}%`,
      ...(it.count > 1 && { width: `${Math.max(0, placeOf(stretch, it.untilMs) - at)}%` }),
    }
    function pressed(event: MouseEvent) {
      // With a key held, the browser goes where the link leads.
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
      event.preventDefault()
      onOpen(lane.triggerId, it.key)
    }
    return (
      // biome-ignore lint/a11y/useSemanticElements: cells of a grid that is drawn by place, not by columns
      <span key={it.key} role="gridcell" tabIndex={-1} className="contents">
        {it.count === 1 && <Ran group={it} stretch={stretch} />}
        {id === null ? (
          <button type="button" {...cell} onClick={pressed} className={look} style={place}>
            <Shape group={it} />
          </button>
        ) : (
          <Link
            href={`/w/${slug}/executions/${id}`}
            {...cell}
            onClick={pressed}
            className={look}
            style={place}
          >
            <Shape group={it} />
          </Link>
        )}
      </span>
    )
  })
}

const Shape = ({ group: { count, state } }: { group: Group }) =>
  count > 1 ? (
    <span
      aria-hidden
      className={cn(
        'flex h-5 w-full min-w-6 items-center justify-center rounded-full px-1 text-[0.6875rem] leading-none font-semibold tabular-nums',
        PILLS[state],
      )}
    >
      {count > 999 ? `${Math.floor(count / 1000)}k` : count}
    </span>
  ) : (
    <span aria-hidden className={cn('w-2 rounded-sm', BARS[state])} />
  )

/** How late it began, as a thin line, and how long it ran, as a broad one. */
function Ran({ group: { marks, untilMs, fromMs }, stretch }: { group: Group; stretch: Stretch }) {
  const [mark] = marks
  if (!mark || isPlan(mark)) return null
  const at = Date.parse(mark.at)
  const beganAt = at + (mark.lateMs ?? 0)
  const endedAt = Math.max(untilMs, beganAt + (mark.durationMs ?? 0))
  const [planned, began, ended] = [Math.max(at, fromMs), beganAt, endedAt].map((it) =>
    placeOf(stretch, it),
  ) as [number, number, number]
  return (
    <>
      {began > planned && (
        <span
          className="pointer-events-none absolute top-1/2 h-px bg-warn"
          style={{ left: `${planned}%`, width: `${began - planned}%` }}
        />
      )}
      {ended > began && (
        <span
          className="pointer-events-none absolute top-1/2 h-2 -translate-y-1/2 rounded-r-sm bg-edge/50"
          style={{ left: `${began}%`, width: `${ended - began}%` }}
        />
      )}
    </>
  )
}
