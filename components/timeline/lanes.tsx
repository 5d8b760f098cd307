'use client'
/**
 * The lanes below their axis. Only those in sight are drawn, however many there are; one of their cells is reached
 * with Tab, the others with the arrow keys.
 */
import {
  type KeyboardEvent,
  useCallback,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { cn } from '#components/ui/cn.ts'
import { Skeleton } from '#components/ui/skeleton.tsx'
import { useWindowed } from '#components/ui/windowed.ts'
import type { Lanes as Known } from '#lib/client/timeline.ts'
import type { Opened } from './asked.ts'
import { Axis, Bands } from './axis.tsx'
import { type Cell, Lane, LANE_CLASS } from './lane.tsx'
import { type Group, grouped, nearest } from './marks.ts'
import type { Stretch } from './span.ts'

/** Heights of a row: with the name above its lane, and beside it. */
const TALL_PX = 64
const LOW_PX = 44
const NARROW_PX = 560
/** Two marks lie at least so far from each other: a finger hits one of them. */
const APART_PX = 26
/** What the server takes the page for. */
const USUAL_PX = 900

interface LanesProps {
  slug: string
  lanes: Known
  total: number
  stretch: Stretch
  nowMs: number
  awake: boolean
  opened: Opened | null
  /** `nearMs`: marks that lie no farther from each other are one. */
  onOpen(triggerId: number, at: string, nearMs: number): void
  /** The first and the last lane in sight. */
  onSight(first: number, last: number): void
  /** Keys that are not about cells. */
  onKey(key: string): boolean
}

export function Lanes(props: LanesProps) {
  const { lanes, total, stretch, nowMs, awake, opened, slug } = props
  const [widthPx, setWidth] = useState(USUAL_PX)
  const height = widthPx < NARROW_PX ? TALL_PX : LOW_PX
  const { box, rows, before, after, scrollTo } = useWindowed<HTMLDivElement>(
    `timeline ${slug}`,
    total,
    () => height,
  )
  useWidth(box, setWidth)
  const [first, last] = [rows[0] ?? 0, rows.at(-1) ?? 0]
  const { onSight } = props
  useEffect(() => onSight(first, last), [onSight, first, last])
  const leastMs = ((stretch.toMs - stretch.fromMs) * APART_PX) / widthPx
  const groupsOf = useGroups(lanes, stretch, leastMs)
  const ask = props.onOpen
  const onOpen = useCallback((id: number, at: string) => ask(id, at, leastMs), [ask, leastMs])
  const { cell, setCell, onKeyDown } = useCells({ ...props, groupsOf, first, last, scrollTo, box })
  return (
    <div className="rounded-xl border border-line bg-surface shadow-card">
      <Axis stretch={stretch} nowMs={nowMs} awake={awake} />
      {/* biome-ignore lint/a11y/useSemanticElements: drawn by place, not by columns; the table is a view of its own */}
      <div
        ref={box}
        role="grid"
        tabIndex={-1}
        aria-label="Timeline"
        aria-rowcount={total}
        aria-describedby="timeline-keys"
        aria-busy={lanes.isOld}
        onKeyDown={onKeyDown}
        className={cn('relative overflow-clip rounded-b-xl', lanes.isOld && 'opacity-60')}
      >
        <Bands stretch={stretch} nowMs={nowMs} timeline={lanes.first} shifts={lanes.shifts} />
        <div aria-hidden style={{ height: before }} />
        {rows.map((index) => {
          const lane = lanes.laneAt(index)
          return lane ? (
            <Lane
              key={lane.triggerId}
              {...{ slug, lane, stretch, nowMs, widthPx, awake, onOpen }}
              row={index}
              groups={lanes.isOld ? NONE : groupsOf(index)}
              stop={cell.row === index ? cell.key : undefined}
              openedAt={opened?.triggerId === lane.triggerId ? opened.at : undefined}
              onCell={setCell}
            />
          ) : (
            <div key={`row ${index}`} className={LANE_CLASS}>
              <Skeleton className="m-3 h-4 w-32" />
            </div>
          )
        })}
        <div aria-hidden style={{ height: after }} />
      </div>
    </div>
  )
}

const NONE: readonly Group[] = []

function useWidth(box: RefObject<HTMLDivElement | null>, set: (px: number) => void) {
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const measure = () => {
      const { width } = element.getBoundingClientRect()
      set(Math.max(120, Math.round(width < NARROW_PX ? width : width - 192)))
    }
    measure()
    const watching = new ResizeObserver(measure)
    watching.observe(element)
    return () => watching.disconnect()
  }, [box, set])
}

/** Made once for each lane as long as nothing is another. */
function useGroups(lanes: Known, stretch: Stretch, leastMs: number) {
  const { fromMs, toMs } = stretch
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was made holds for these alone
  const made = useMemo(() => new WeakMap<object, readonly Group[]>(), [fromMs, toMs, leastMs])
  return (index: number): readonly Group[] => {
    const lane = lanes.laneAt(index)
    if (!lane) return NONE
    const known = made.get(lane) ?? grouped(lane.marks, { fromMs, toMs }, leastMs)
    made.set(lane, known)
    return known
  }
}

/** Whoever goes through time by keys stays in the grid, though the mark that had the focus is not there any more. */
function useKeptFocus(box: RefObject<HTMLDivElement | null>) {
  const isWithin = useRef(false)
  useEffect(() => {
    const look = ({ target }: Event) => {
      isWithin.current = Boolean(box.current?.contains(target as Node))
    }
    document.addEventListener('focusin', look)
    document.addEventListener('pointerdown', look)
    return () => {
      document.removeEventListener('focusin', look)
      document.removeEventListener('pointerdown', look)
    }
  }, [box])
  // Before the next key, which would be nobody's while the body has the focus; and while no cell is drawn, the grid
  // has it.
  useLayoutEffect(() => {
    const here = document.activeElement
    if (!isWithin.current || (here !== document.body && here !== box.current)) return
    const cell = box.current?.querySelector<HTMLElement>('[data-cell][tabindex="0"]')
    ;(cell ?? box.current)?.focus({ preventScroll: true })
  })
}

interface Moving extends Pick<LanesProps, 'total' | 'onKey' | 'nowMs'> {
  groupsOf(index: number): readonly Group[]
  first: number
  last: number
  scrollTo(row: number): void
  box: RefObject<HTMLDivElement | null>
}

/** The arrow keys: along a lane from mark to mark, and to the mark of the next lane that lies nearest in time. */
function useCells({ total, groupsOf, first, last, scrollTo, box, onKey, nowMs }: Moving) {
  const [chosen, setChosen] = useState<Cell>({ row: 0, key: null })
  const wanted = useRef<string | null>(null)
  const atMs = useRef<number | null>(null)
  useLayoutEffect(() => {
    if (wanted.current === null) return
    const cell = box.current?.querySelector<HTMLElement>(`[data-cell="${CSS.escape(wanted.current)}"]`)
    if (!cell) return
    wanted.current = null
    cell.focus()
  })
  useKeptFocus(box)
  function go(cell: Cell) {
    wanted.current = `${cell.row}:${cell.key ?? ''}`
    if (cell.row < first || cell.row > last) scrollTo(cell.row)
    setChosen({ ...cell })
  }
  function along(step: 1 | -1 | 'first' | 'last') {
    const keys = [null, ...groupsOf(chosen.row).map((it) => it.key)]
    const here = Math.max(0, keys.indexOf(chosen.key))
    const next = step === 'first' ? 0 : step === 'last' ? keys.length - 1 : here + step
    const key = keys[Math.min(Math.max(next, 0), keys.length - 1)] ?? null
    atMs.current = key === null ? null : Date.parse(key)
    go({ row: chosen.row, key })
  }
  function across(step: number) {
    const row = Math.min(Math.max(chosen.row + step, 0), total - 1)
    const near = chosen.key === null ? undefined : nearest(groupsOf(row), atMs.current ?? nowMs)
    go({ row, key: near?.key ?? null })
  }
  const moves: Record<string, () => void> = {
    ArrowRight: () => along(1),
    ArrowLeft: () => along(-1),
    Home: () => along('first'),
    End: () => along('last'),
    ArrowDown: () => across(1),
    ArrowUp: () => across(-1),
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.metaKey || event.ctrlKey || event.altKey) return
    const move = moves[event.key]
    if (move) move()
    else if (!onKey(event.key)) return
    event.preventDefault()
  }
  const keys = groupsOf(chosen.row)
  const isThere =
    chosen.row >= first &&
    chosen.row <= last &&
    (chosen.key === null || keys.some((it) => it.key === chosen.key))
  // What is scrolled out of sight cannot be reached: then the first that is in sight is.
  const cell = isThere ? chosen : { row: Math.min(Math.max(chosen.row, first), last), key: null }
  return { cell, setCell: setChosen, onKeyDown }
}
