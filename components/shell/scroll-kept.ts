'use client'
/**
 * The place on a page, kept for the way back to it: the pages scroll inside `main`, which the browser does not look
 * after by itself. A page that is opened anew begins at its top.
 */
import { usePathname } from 'next/navigation'
import { newId } from '#lib/client/id.ts'
import { type RefObject, useLayoutEffect, useRef } from 'react'

export function useScrollKept(main: RefObject<HTMLElement | null>) {
  const path = usePathname()
  const places = useRef(new Map<string, number>())
  const shown = useRef(path)
  useLayoutEffect(() => {
    const box = main.current
    if (!box) return
    // The page that was opened first is the browser's own affair: a reload keeps its place.
    const another = shown.current !== path
    shown.current = path
    const entry = entryKey()
    const stop = another ? goTo(box, places.current.get(entry) ?? 0) : () => {}
    const keep = () => places.current.set(entry, box.scrollTop)
    // They may have moved before the page was awake.
    if (!another) keep()
    box.addEventListener('scroll', keep, { passive: true })
    return () => {
      stop()
      box.removeEventListener('scroll', keep)
    }
  }, [main, path])
}

/** Names the entry of the browser's history: known again on the way back, another for each page that is opened. */
const entryKey = () => globalThis.navigation?.currentEntry?.key ?? newId()

/** So long a page may take until it has grown to where it was. */
const PATIENCE_MS = 10_000
const MOVES = ['wheel', 'touchstart', 'keydown', 'pointerdown'] as const

/** At once, or as soon as the page has grown so far; no longer once the reader has moved by themselves. */
function goTo(box: HTMLElement, top: number): () => void {
  const until = performance.now() + PATIENCE_MS
  let frame = 0
  function stop() {
    cancelAnimationFrame(frame)
    for (const it of MOVES) box.removeEventListener(it, stop)
  }
  function step() {
    box.scrollTop = top
    if (Math.abs(box.scrollTop - top) < 1 || performance.now() > until) stop()
    else frame = requestAnimationFrame(step)
  }
  for (const it of MOVES) box.addEventListener(it, stop, { passive: true })
  step()
  return stop
}
