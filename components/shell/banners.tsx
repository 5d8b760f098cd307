'use client'
/** What concerns every page: the whole scheduler is paused, or what is shown may be old. */
import { CirclePause, CloudOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Time } from '#components/ui/time.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useConnection } from '#lib/client/live.tsx'
import { useOffline } from '#lib/client/offline.ts'
import { useMe } from '#lib/client/people.ts'
import { isKept } from '#lib/client/worker.ts'
import { useChangeScheduler, useScheduler } from '#lib/client/workspaces.ts'

/** A connection that is back within this time was hardly away. */
const WORTH_SAYING_MS = 2500

export function Banners() {
  return (
    <>
      <PauseBanner />
      {/* The region stands before it has something to say, so that it is heard. */}
      <div role="status" aria-live="polite" className="relative">
        <AwayBanner />
      </div>
    </>
  )
}

function AwayBanner() {
  const away = useConnection() === 'away'
  const [long, setLong] = useState(false)
  useEffect(() => {
    if (!away) return setLong(false)
    const timer = setTimeout(() => setLong(true), WORTH_SAYING_MS)
    return () => clearTimeout(timer)
  }, [away])
  const offline = useOffline()
  const held = useLinksHeld()
  if (offline)
    return (
      <p className="flex items-center justify-center gap-2 border-b border-line bg-warn-soft px-4 py-2 text-sm text-warn">
        <CloudOff aria-hidden className="size-4 shrink-0" />
        {held
          ? 'You are offline. This page stays; that one is not kept in this browser, and opens when the connection is back.'
          : 'You are offline. This is what was here last; what you write is sent when the connection is back.'}
      </p>
    )
  if (!away || !long) return null
  // It comes and goes by itself, so it lies over the page: nothing moves under the reader's eyes.
  return (
    <p className="pointer-events-none absolute inset-x-0 top-2 z-20 mx-auto flex w-fit max-w-[calc(100%-2rem)] items-center gap-2 rounded-full border border-line bg-sunken px-3.5 py-1 text-sm text-soft shadow-raised">
      <CloudOff aria-hidden className="size-4 shrink-0" />
      Reconnecting … What you see may be a moment old.
    </p>
  )
}

/**
 * Without a network, a link would replace the page with the browser's own: only one to a page that is kept is followed.
 * True once another was pressed then.
 */
function useLinksHeld(): boolean {
  const [held, setHeld] = useState(false)
  useEffect(() => {
    function stay(event: MouseEvent) {
      const link = event.target instanceof Element && event.target.closest<HTMLAnchorElement>('a[href]')
      if (navigator.onLine || !link || link.getAttribute('href')?.startsWith('#')) return
      event.preventDefault()
      event.stopPropagation()
      const url = new URL(link.href)
      void isKept(url).then((kept) => (kept ? location.assign(url) : setHeld(true)))
    }
    const online = () => setHeld(false)
    addEventListener('click', stay, { capture: true })
    addEventListener('online', online)
    return () => {
      removeEventListener('click', stay, { capture: true })
      removeEventListener('online', online)
    }
  }, [])
  return held
}

function PauseBanner() {
  const scheduler = useScheduler().data
  const admin = useMe().data?.installationAdmin ?? false
  const changing = useChangeScheduler()
  if (!scheduler?.paused) return null
  return (
    <section
      aria-label="The scheduler is paused"
      className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1.5 border-b border-line bg-warn-soft px-4 py-2 text-sm text-warn"
    >
      <CirclePause aria-hidden className="size-4 shrink-0" />
      <span className="min-w-0 wrap-anywhere">
        <strong className="font-semibold">Everything is paused</strong>
        {scheduler.since && (
          <>
            {' '}
            since <Time at={scheduler.since} />
          </>
        )}
        . {scheduler.reason}
      </span>
      {admin && (
        <Button
          size="sm"
          pending={changing.isPending}
          onClick={() =>
            changing.mutate(
              { paused: false },
              { onError: (error) => toast.error('Still paused', { description: error.message }) },
            )
          }
        >
          Resume
        </Button>
      )}
    </section>
  )
}
