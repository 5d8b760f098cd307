'use client'
/** A passing word about what was just done. What must not be missed belongs on the page. */
import { lazy, Suspense, useEffect, useState } from 'react'
import type { Show } from './toaster.tsx'

type Kind = 'success' | 'error' | 'warning' | 'message'
const Place = lazy(() => import('./toaster.tsx'))

let demand: (() => void) | null = null
const showing = Promise.withResolvers<Show>()

/** The first word loads what shows it; those that come meanwhile wait for that. */
const say =
  (kind: Kind) =>
  (text: string, more?: Parameters<Show['message']>[1]): void => {
    demand?.()
    void showing.promise.then((show) => show[kind](text, more))
  }

export const toast: Record<Kind, ReturnType<typeof say>> = {
  success: say('success'),
  error: say('error'),
  warning: say('warning'),
  message: say('message'),
}

/** Where they appear; once on a page. */
export function Toaster() {
  const [wanted, setWanted] = useState(false)
  useEffect(() => {
    demand = () => setWanted(true)
    return () => {
      demand = null
    }
  }, [])
  return (
    wanted && (
      <Suspense>
        <Place onReady={showing.resolve} />
      </Suspense>
    )
  )
}
