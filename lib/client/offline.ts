/** Whether the browser has no network. */
import { useSyncExternalStore } from 'react'

const CHANGES = ['online', 'offline'] as const

export const useOffline = (): boolean =>
  useSyncExternalStore(
    (changed) => {
      for (const it of CHANGES) addEventListener(it, changed)
      return () => {
        for (const it of CHANGES) removeEventListener(it, changed)
      }
    },
    () => !navigator.onLine,
    () => false,
  )
