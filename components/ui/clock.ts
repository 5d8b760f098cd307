'use client'
/**
 * The moving "now" of the page.
 *
 * Promise: one timer however many times are shown, none while none is; a component renders again only when
 * its own step has passed. Null on the server and while the page wakes up, so that both draw the same.
 */
import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    for (const it of listeners) it()
  }, 1000)
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
    const now = Date.now()
    const step = typeof stepMs === 'function' ? stepMs(now) : stepMs
    return Math.floor(now / step) * step
  }
  return useSyncExternalStore<number | null>(subscribe, read, () => null)
}
