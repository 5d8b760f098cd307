'use client'
/**
 * The moving "now" of the page.
 *
 * Promise: one timer however many times are shown, none while none is; a component renders again only when
 * its own step has passed. Null on the server and while the page wakes up, so that both draw the same; what is
 * drawn in its place never moves the page under a press.
 */
import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/**
 * The framework wakes a page up within the very press that finds it asleep. Other words for a time would move
 * the link from under the pointer, and the click would go to whatever lies there then.
 */
let pressed = false
let awake = false
if (typeof window !== 'undefined') {
  const set = (to: boolean) => () => {
    pressed = to
  }
  addEventListener('pointerdown', set(true), { capture: true, passive: true })
  for (const it of ['pointerup', 'pointercancel'])
    addEventListener(it, set(false), { capture: true, passive: true })
}

function tick() {
  awake ||= !pressed
  for (const it of listeners) it()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(tick, 1000)
  if (!awake) tick()
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Milliseconds since 1970, in steps. `stepMs` may depend on the time itself. */
export function useNow(stepMs: number | ((now: number) => number) = 1000): number | null {
  const read = () => {
    if (!awake) return null
    const now = Date.now()
    const step = typeof stepMs === 'function' ? stepMs(now) : stepMs
    return Math.floor(now / step) * step
  }
  return useSyncExternalStore<number | null>(subscribe, read, () => null)
}
