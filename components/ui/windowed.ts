'use client'
/**
 * Of a long list, what is in sight and a little more.
 *
 * Promise: however long a list is, the page holds so many rows as fit on it, wherever somebody has scrolled to, before
 * the page was awake too; what was measured is remembered, so that the way back leads to the same place.
 */
import {
  type RefObject,
  startTransition,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { AROUND, isEnough, rowsIn, type Sight, startsOf, wayTo } from './sight.ts'

/** Above a list a page has a title and filters. */
const HEAD_PX = 180
/**
 * What a list takes for its window as long as it has seen none: no more is drawn at first, so that the page is there
 * soon. On the server, and where a page wakes, the usual one; afterwards that of the page before.
 */
let usual: Sight = { topPx: 0, heightPx: 900 - HEAD_PX }

/** How high the rows of a list are, as far as they were drawn. */
type Heights = Map<number, number>
const NONE: Heights = new Map()
const measured = new Map<string, Heights>()
const MOST_REMEMBERED = 20

interface Windowed<Box extends HTMLElement> {
  /** What the rows stand in. A row whose height its content decides carries `data-index`. */
  box: RefObject<Box | null>
  /** Those that are drawn. */
  rows: readonly number[]
  /** The room that stands for the rows before and after, in pixels. */
  before: number
  after: number
  scrollTo(row: number): void
}

/** `name`: of the list, as long as it is the same. */
export function useWindowed<Box extends HTMLElement>(
  name: string,
  count: number,
  heightOf: (index: number) => number,
): Windowed<Box> {
  const box = useRef<Box>(null)
  const [{ sight, around }, setSight] = useState(() => ({ sight: usual, around: 0 }))
  const heights = measured.get(name) ?? NONE
  const starts = startsOf(count, (n) => heights.get(n) ?? heightOf(n))
  const { first, last } = rowsIn(starts, sight, around)

  const drawn = useRef({ name, starts, first, last })
  useLayoutEffect(() => {
    drawn.current = { name, starts, first, last }
  })
  const look = useCallback((isAnew: boolean) => {
    const main = mainOf()
    if (!box.current || !main) return
    const now = drawn.current
    const { isOther, abovePx } = measure(box.current, now, sightOf(box.current, main).topPx)
    if (abovePx !== 0 && !isAnew && !keepsPlace()) main.scrollTop += abovePx
    const next = sightOf(box.current, main)
    usual = { topPx: 0, heightPx: main.clientHeight - HEAD_PX }
    // What comes into sight next is drawn in its own time, where it can be.
    if (isOther || !isEnough(now.starts, next, now, 0)) setSight({ sight: next, around: isAnew ? 0 : AROUND })
    else if (!isAnew && !isEnough(now.starts, next, now))
      startTransition(() => setSight({ sight: next, around: AROUND }))
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list, or a longer one, is looked at anew
  useLayoutEffect(() => look(true), [look, name, count])
  useEffect(() => watch(box.current, () => look(false)), [look])

  const scrollTo = useCallback((row: number) => {
    const main = mainOf()
    if (box.current && main) main.scrollTop += wayTo(drawn.current.starts, row, sightOf(box.current, main))
  }, [])
  const rows = Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n)
  const end = starts.at(-1) as number
  return { box, rows, before: starts[first] ?? 0, after: end - (starts[last + 1] ?? end), scrollTo }
}

/** The pages scroll inside it. */
const mainOf = () => document.getElementById('content')

/** Looks again whenever other rows may have come into sight, until the answer is called. */
function watch(box: HTMLElement | null, look: () => void): (() => void) | undefined {
  const main = mainOf()
  if (!main || !box) return
  const sizes = new ResizeObserver(look)
  for (const it of [main, box]) sizes.observe(it)
  main.addEventListener('scroll', look, { passive: true })
  return () => {
    sizes.disconnect()
    main.removeEventListener('scroll', look)
  }
}

const sightOf = (box: HTMLElement, main: HTMLElement): Sight => ({
  topPx: main.getBoundingClientRect().top - box.getBoundingClientRect().top,
  heightPx: main.clientHeight,
})

/** Most browsers keep what is looked at in its place when something above it grows; the others are helped. */
const keepsPlace = () => CSS.supports('overflow-anchor', 'auto')

/**
 * Remembers how high the rows are that are drawn. `isOther`: one is not as high as was thought; `abovePx`: by how much
 * those above the window are higher, all in all.
 */
function measure(
  box: HTMLElement,
  { name, starts }: { name: string; starts: readonly number[] },
  topPx: number,
): { isOther: boolean; abovePx: number } {
  const heights: Heights = measured.get(name) ?? new Map()
  let [isOther, abovePx] = [false, 0]
  for (const row of box.querySelectorAll<HTMLElement>('[data-index]')) {
    const index = Number(row.dataset.index)
    const height = heightIn(row)
    if (heights.get(index) === height) continue
    heights.set(index, height)
    const [start, end] = [starts[index] ?? 0, starts[index + 1] ?? 0]
    if (height === end - start) continue
    isOther = true
    if (start < topPx) abovePx += height - (end - start)
  }
  remember(name, heights)
  return { isOther, abovePx }
}

/** With the gap to the next row, where there is one. */
function heightIn(row: HTMLElement): number {
  const next = row.nextElementSibling as HTMLElement | null
  return next ? next.offsetTop - row.offsetTop : row.offsetHeight
}

function remember(name: string, heights: Heights): void {
  measured.delete(name)
  measured.set(name, heights)
  for (const oldest of measured.keys()) if (measured.size > MOST_REMEMBERED) measured.delete(oldest)
}

/** So many rows before the end the next page is fetched. */
const EARLY = 15

export interface Pages {
  hasNextPage: boolean
  /** The next page, or all of them anew: asking for another one would put an end to that. */
  isFetching: boolean
  fetchNextPage(): unknown
}
/** Whoever scrolls finds the next page there. */
export function useEndless(rows: readonly number[], count: number, pages: Pages): void {
  const { hasNextPage, isFetching, fetchNextPage } = pages
  const isNear = (rows.at(-1) ?? 0) >= count - EARLY
  useEffect(() => {
    if (isNear && hasNextPage && !isFetching) void fetchNextPage()
  }, [isNear, hasNextPage, isFetching, fetchNextPage])
}
