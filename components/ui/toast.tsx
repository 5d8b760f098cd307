'use client'
/** A passing word about what was just done. What must not be missed belongs on the page. */
import { X } from 'lucide-react'
import { type ComponentType, useEffect, useState } from 'react'
import { Button } from './button.tsx'
import type { Show } from './toaster.tsx'

type Kind = 'success' | 'error' | 'warning' | 'message'
type More = Parameters<Show['message']>[1]
interface Said {
  kind: Kind
  text: string
  more: More
}

let show: Show | null = null
let demand: (() => void) | null = null
let waiting: Said[] = []

/** The first word loads what shows it; those that come meanwhile wait for that. */
const say =
  (kind: Kind) =>
  (text: string, more?: More): void => {
    if (show) return void show[kind](text, more)
    waiting.push({ kind, text, more })
    demand?.()
  }

export const toast: Record<Kind, ReturnType<typeof say>> = {
  success: say('success'),
  error: say('error'),
  warning: say('warning'),
  message: say('message'),
}

function take(): Said[] {
  const said = waiting
  waiting = []
  return said
}

/** Where they appear; once on a page. */
export function Toaster() {
  const [Place, setPlace] = useState<ComponentType<{ onReady(show: Show): void }> | null>(null)
  const [plainly, setPlainly] = useState<Said | null>(null)
  useEffect(() => {
    demand = () =>
      void import('./toaster.tsx').then(
        (it) => setPlace(() => it.default),
        // Without a network it does not come, and just then there is something to say.
        () => setPlainly((before) => take().at(-1) ?? before),
      )
    return () => {
      demand = null
    }
  }, [])
  return (
    <>
      {Place && <Place onReady={begin} />}
      {plainly && !Place && <Plain {...plainly} close={() => setPlainly(null)} />}
    </>
  )
}

function begin(ready: Show) {
  show = ready
  for (const { kind, text, more } of take()) show[kind](text, more)
}

const Plain = ({ text, more, close }: Said & { close(): void }) => (
  <div
    role="alert"
    className="fixed right-4 bottom-20 z-50 flex max-w-[calc(100%-2rem)] items-start gap-2 rounded-lg border border-line bg-raised p-4 text-sm text-ink shadow-raised sm:bottom-6 sm:max-w-sm"
  >
    <p className="min-w-0 flex-1">
      <strong className="font-medium">{text}</strong>
      {typeof more?.description === 'string' && (
        <span className="block text-soft wrap-anywhere">{more.description}</span>
      )}
    </p>
    <Button variant="ghost" size="iconSm" aria-label="Close" className="-mt-1.5 -mr-1.5" onClick={close}>
      <X aria-hidden />
    </Button>
  </div>
)
