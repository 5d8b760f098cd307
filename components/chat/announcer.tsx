'use client'
/** Says politely what arrives in the feed. */
import { useEffect, useRef, useState } from 'react'
import type { Message } from '#lib/contract/message.ts'
import { arrivals, type Seen, seenOf } from './arrivals.ts'
import { nameOf } from './line.tsx'

/** More than these are told by their number. */
const MOST_TOLD = 3

export function Announcer({ messages, me }: { messages: readonly Message[]; me: string | undefined }) {
  const seen = useRef<Seen | null>(null)
  const [words, setWords] = useState('')
  useEffect(() => {
    const arrived = seen.current ? arrivals(seen.current, messages, me) : []
    seen.current = seenOf(messages)
    if (arrived.length > 0)
      setWords(arrived.length > MOST_TOLD ? `${arrived.length} new messages` : arrived.map(nameOf).join('. '))
  }, [messages, me])
  return (
    <div role="status" aria-live="polite" className="sr-only">
      {words}
    </div>
  )
}
