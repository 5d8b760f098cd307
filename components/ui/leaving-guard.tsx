'use client'
/**
 * Asks before what was written is left behind: on a link of the app and a step
 * back with a dialog of ours, on everything else with the browser's own.
 */
import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useRef, useState } from 'react'
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

/** The page's own entry and the one that is put over it. */
const BACK = -2

/**
 * A step back in the browser cannot be held: an entry like the page's own is put over it, and when that is left
 * it is put there again, and asked. Answers how to go back for good.
 */
function useHeldBack(active: boolean, left: () => void): () => void {
  const covered = useRef(false)
  const leaving = useRef(false)
  useEffect(() => {
    if (!active) return
    const cover = () => history.pushState(history.state, '', location.href)
    const hold = () => {
      if (leaving.current) return
      cover()
      left()
    }
    if (!covered.current) cover()
    covered.current = true
    addEventListener('popstate', hold)
    return () => removeEventListener('popstate', hold)
  }, [active, left])
  return () => {
    leaving.current = true
    history.go(BACK)
  }
}

/** `says`: what becomes of what was typed. */
export function LeavingGuard({
  active,
  says = 'What you changed here is lost.',
}: {
  active: boolean
  says?: string | undefined
}) {
  const router = useRouter()
  const [towards, setTowards] = useState<string | typeof BACK | null>(null)
  const askToGoBack = useCallback(() => setTowards(BACK), [])
  const goBack = useHeldBack(active, askToGoBack)
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
      cancelLabel="Stay"
      onConfirm={async () => {
        if (towards === BACK) goBack()
        else if (towards) router.push(towards)
      }}
    >
      {says}
    </Confirm>
  )
}
