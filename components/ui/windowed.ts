'use client'
/**
 * Of a long list, what is in sight and a little more.
 *
 * Promise: however long a list is, the page holds so many rows as fit on it; what was measured is remembered, so that
 * the way back leads to the same place.
 */
import { elementScroll, useVirtualizer, type VirtualItem, type Virtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** What the server takes the window for. */
const USUAL = { width: 1000, height: 900 }
const OVERSCAN = 8

const measured = new Map<string, VirtualItem[]>()
const MOST_REMEMBERED = 20

export interface Windowed<Box extends HTMLElement> {
  /** What the rows stand in. */
  box: RefObject<Box | null>
  items: VirtualItem[]
  /** The room that stands for the rows before and after, in pixels. */
  before: number
  after: number
  /** Of a row whose height its content decides; it carries `data-index`. */
  measure: (row: Element | null) => void
  rows: Virtualizer<HTMLElement, Element>
}

/** `name`: of the list, as long as it is the same. */
export function useWindowed<Box extends HTMLElement>(
  name: string,
  count: number,
  heightOf: (index: number) => number,
): Windowed<Box> {
  const box = useRef<Box>(null)
  const [scrollMargin, setMargin] = useState(0)
  const isThere = useRef(false)
  const rows = useVirtualizer<HTMLElement, Element>({
    count,
    scrollMargin,
    getScrollElement: () => document.getElementById('content'),
    estimateSize: heightOf,
    initialRect: USUAL,
    initialMeasurementsCache: measured.get(name) ?? [],
    overscan: OVERSCAN,
    useFlushSync: false,
    // Where somebody has scrolled to, or was brought back to, before the list was awake, they stay.
    scrollToFn: (...to) => isThere.current && elementScroll(...to),
  })
  useEffect(() => {
    isThere.current = true
  }, [])
  useLayoutEffect(() => {
    const main = document.getElementById('content')
    if (!box.current || !main) return
    const top = box.current.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop
    setMargin((known) => (Math.abs(known - top) < 1 ? known : top))
  })
  useEffect(() => () => remember(name, rows.measurementsCache), [name, rows])
  const items = rows.getVirtualItems()
  const [first, last] = [items[0], items.at(-1)]
  return {
    box,
    items,
    before: Math.max(0, (first?.start ?? scrollMargin) - scrollMargin),
    after: Math.max(0, rows.getTotalSize() - ((last?.end ?? scrollMargin) - scrollMargin)),
    measure: rows.measureElement,
    rows,
  }
}

function remember(name: string, sizes: VirtualItem[]): void {
  measured.delete(name)
  measured.set(name, sizes)
  for (const oldest of measured.keys()) if (measured.size > MOST_REMEMBERED) measured.delete(oldest)
}

/** So many rows before the end the next page is fetched. */
const EARLY = 15

export interface Pages {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage(): unknown
}
/** Whoever scrolls finds the next page there. */
export function useEndless(items: readonly VirtualItem[], count: number, pages: Pages): void {
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages
  const isNear = (items.at(-1)?.index ?? 0) >= count - EARLY
  useEffect(() => {
    if (isNear && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [isNear, hasNextPage, isFetchingNextPage, fetchNextPage])
}
