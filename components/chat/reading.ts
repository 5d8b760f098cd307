'use client'
/**
 * Reading: from where on the feed is new, and that its end was seen.
 *
 * Promise: what is new stays marked while somebody looks at it; it is marked anew only when they come back. Read is
 * what stood at the end of the feed while the page was in sight.
 */
import { useEffect, useState } from 'react'
import type { Message } from '#lib/contract/message.ts'
import { useMarkRead, useUnread } from '#lib/client/unread.ts'

/** So long it stands before the reader's eyes. */
const READ_MS = 600

export interface Reading {
  /** The first message that is new; null: none is. */
  from: number | null
  count: number
}

export function useReading(slug: string, messages: readonly Message[], atEnd: boolean): Reading {
  const unread = useUnread(slug)
  const [seen, setSeen] = useState<Reading | null>(null)
  const [visible, setVisible] = useState(true)
  const markRead = useMarkRead(slug)
  if (seen === null && unread) setSeen({ from: unread.firstUnreadId, count: unread.messages })

  const first = unread?.firstUnreadId ?? null
  const count = unread?.messages ?? 0
  useEffect(() => {
    const look = () => {
      setVisible(!document.hidden)
      // What came meanwhile is what is new now.
      if (!document.hidden && first !== null) setSeen({ from: first, count })
    }
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [first, count])

  const newest = messages.at(-1)?.id ?? 0
  useEffect(() => {
    if (!visible || !atEnd || first === null || newest < first) return
    const read = setTimeout(() => {
      if (!document.hidden) markRead(newest)
    }, READ_MS)
    return () => clearTimeout(read)
  }, [visible, atEnd, first, newest, markRead])

  return seen ?? { from: null, count: 0 }
}
