'use client'
/**
 * The place on a page, kept for the way back to it and for its reload: the pages scroll inside `main`, which the
 * browser does not look after by itself. A page that is opened anew begins at its top, or at the part that its address
 * names.
 */
import { usePathname } from 'next/navigation'
import { type RefObject, useLayoutEffect, useRef } from 'react'
import { keptPlace, markPage } from './places.ts'

export function useScrollKept(main: RefObject<HTMLElement | null>) {
  const path = usePathname()
  const isAwake = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page has a place of its own
  useLayoutEffect(() => {
    const box = main.current
    const isFirst = !isAwake.current
    isAwake.current = true
    if (!box) return
    markPage(box)
    // Whoever has moved before the page was awake stays where they are.
    if (isFirst && box.scrollTop > 0) return
    const place = keptPlace()
    const part = place === 0 ? document.getElementById(location.hash.slice(1)) : null
    if (!part) return goTo(box, place)
    // Newer browsers answer with a promise, which is nothing that an effect ends with.
    part.scrollIntoView()
  }, [main, path])
}

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
