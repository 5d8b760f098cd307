'use client'
/**
 * Asks before what was written is left behind: on a link of the app
 * with a dialog of ours, on everything else with the browser's own.
 */
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { Confirm } from '#components/ui/confirm.tsx'

/** Where an ordinary click on a link of this site leads; null for everything else. */
function destination(event: MouseEvent): string | null {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey
  )
    return null
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null
  if (
    !(link instanceof HTMLAnchorElement) ||
    link.target ||
    link.origin !== location.origin ||
    (link.pathname === location.pathname && link.hash)
  )
    return null
  return link.pathname + link.search + link.hash
}

export function LeavingGuard({ active }: { active: boolean }) {
  const router = useRouter()
  const [towards, setTowards] = useState<string | null>(null)
  useEffect(() => {
    if (!active) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    const hold = (event: MouseEvent) => {
      const href = destination(event)
      if (href === null) return
      event.preventDefault()
      event.stopPropagation()
      setTowards(href)
    }
    addEventListener('beforeunload', ask)
    document.addEventListener('click', hold, { capture: true })
    return () => {
      removeEventListener('beforeunload', ask)
      document.removeEventListener('click', hold, { capture: true })
    }
  }, [active])
  return (
    <Confirm
      open={towards !== null}
      onOpenChange={(open) => {
        if (!open) setTowards(null)
      }}
      title="Leave without saving?"
      confirmLabel="Leave"
      onConfirm={async () => {
        if (towards) router.push(towards)
      }}
    >
      What you changed here is lost.
    </Confirm>
  )
}
