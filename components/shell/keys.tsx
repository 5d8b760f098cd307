'use client'
/**
 * Keys that do something wherever the reader is. What they open comes with the first of them.
 *
 * Promise: where somebody writes, a letter is a letter; whoever has turned shortcuts off presses none by accident.
 */
import { Search } from 'lucide-react'
import { Suspense, useEffect, useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { cn } from '#components/ui/cn.ts'
import { Kbd } from '#components/ui/kbd.tsx'

const Keyboard = lazily(() => import('#components/palette/keyboard.tsx'))

export interface Press {
  /** `palette`, or a single key. */
  key: string
  atMs: number
}

const isWriting = ({ target }: KeyboardEvent) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
/** What is open over the page has keys of its own. */
const isCovered = () =>
  document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null

function keyOf(event: KeyboardEvent): string | null {
  if (event.isComposing || event.repeat || event.altKey) return null
  if (event.ctrlKey || event.metaKey) return event.key.toLowerCase() === 'k' ? 'palette' : null
  if (!/^[a-z/?]$/.test(event.key) || isWriting(event) || isCovered()) return null
  return event.key
}

const OPEN = 'carillon-palette'

/** The palette for those who press no keys. */
export const PaletteButton = ({ wide = false }: { wide?: boolean }) => (
  <button
    type="button"
    aria-label={wide ? undefined : 'Find …'}
    aria-haspopup="dialog"
    onClick={() => window.dispatchEvent(new Event(OPEN))}
    className={cn(
      'flex h-9 items-center gap-2.5 rounded-md text-sm text-faint hover:bg-hover hover:text-ink pointer-coarse:h-11',
      wide ? 'w-full px-2.5' : 'w-9 justify-center pointer-coarse:w-11',
    )}
  >
    <Search aria-hidden className="size-4.5 shrink-0" />
    {wide && (
      <>
        <span className="flex-1 text-left">Find …</span>
        <Kbd>Ctrl K</Kbd>
      </>
    )}
  </button>
)

export function Keys({ slug, on }: { slug: string; on: boolean }) {
  const [presses, setPresses] = useState<readonly Press[]>([])
  useEffect(() => {
    const add = (key: string, { timeStamp: atMs }: Event) =>
      setPresses((before) => [...before, { key, atMs }])
    function press(event: KeyboardEvent) {
      const key = event.defaultPrevented ? null : keyOf(event)
      if (key === null) return
      // The browser has its own meaning for these.
      if (key === 'palette' || key === '/') event.preventDefault()
      add(key, event)
    }
    const open = (event: Event) => add('palette', event)
    if (on) window.addEventListener('keydown', press)
    window.addEventListener(OPEN, open)
    return () => {
      window.removeEventListener('keydown', press)
      window.removeEventListener(OPEN, open)
    }
  }, [on])
  if (presses.length === 0) return null
  return (
    <Suspense>
      <Keyboard slug={slug} presses={presses} onMissing={() => setPresses([])} />
    </Suspense>
  )
}
