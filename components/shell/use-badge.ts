'use client'
import { useEffect } from 'react'

/** Nobody looks at the tab's name in the first moment, and the page has better things to load. */
const LATE_MS = 3000

export function useBadge(count: number): void {
  useEffect(() => {
    const show = () => void import('./badge.ts').then((it) => it.showBadge(count)).catch(() => {})
    const later = setTimeout(show, document.hidden ? 0 : LATE_MS)
    document.addEventListener('visibilitychange', show)
    return () => {
      clearTimeout(later)
      document.removeEventListener('visibilitychange', show)
    }
  }, [count])
}
