'use client'
/**
 * How the feed scrolls.
 *
 * Promise: at its end it stays at its end, whatever grows; elsewhere what the
 * reader looks at keeps its place when older messages are put above it.
 */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** So near to the end counts as being there. */
const NEAR_PX = 48

/**
 * To the middle of its frame; what is higher than that, with its beginning at the top. `scrollIntoView` would move all
 * that stands around the frame as well.
 */
export function toMiddle(frame: Element | null, line: Element | null): void {
  if (!frame || !line) return
  const [around, within] = [frame.getBoundingClientRect(), line.getBoundingClientRect()]
  frame.scrollTop += within.top - around.top - Math.max(0, (around.height - within.height) / 2)
}

export interface Scrolling {
  frame: RefObject<HTMLDivElement | null>
  content: RefObject<HTMLDivElement | null>
  atEnd: boolean
  toEnd(smooth?: boolean): void
}

/**
 * `first` and `last` name the messages at both ends, so that
 * a change at one is told from a change at the other.
 */
export function useScrolling(first: number | undefined, ready: boolean): Scrolling {
  const frame = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const belowPx = useRef(0)
  const stuck = useRef(true)
  const [atEnd, setAtEnd] = useState(true)

  const toEnd = useCallback((smooth = false) => {
    const box = frame.current
    stuck.current = true
    setAtEnd(true)
    box?.scrollTo({ top: box.scrollHeight, behavior: smooth ? 'smooth' : 'instant' })
  }, [])

  useEffect(() => {
    const box = frame.current
    const inner = content.current
    if (!ready || !box || !inner) return
    let height = box.clientHeight
    const look = () => {
      belowPx.current = box.scrollHeight - box.scrollTop
      // A frame that became lower (a keyboard opens) is not somebody scrolling away.
      if (box.clientHeight === height) stuck.current = belowPx.current - box.clientHeight < NEAR_PX
      setAtEnd(stuck.current)
    }
    const grown = new ResizeObserver(() => {
      height = box.clientHeight
      if (stuck.current) box.scrollTop = box.scrollHeight
      belowPx.current = box.scrollHeight - box.scrollTop
    })
    box.scrollTop = box.scrollHeight
    grown.observe(inner)
    grown.observe(box)
    box.addEventListener('scroll', look, { passive: true })
    return () => {
      grown.disconnect()
      box.removeEventListener('scroll', look)
    }
  }, [ready])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another first message is what it waits for
  useLayoutEffect(() => {
    const box = frame.current
    if (box && !stuck.current) box.scrollTop = box.scrollHeight - belowPx.current
  }, [first])

  return { frame, content, atEnd, toEnd }
}
