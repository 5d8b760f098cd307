'use client'
/**
 * What a line may become, above the place where it is written. The keys stay with the line: up and down choose, Tab or
 * Enter takes, Escape leaves it as it is. Loaded with the first `/` or `@`.
 */
import { type Ref, useEffect, useId, useImperativeHandle, useState } from 'react'
import { cn } from '#components/ui/cn.ts'
import type { Completion } from '#lib/contract/command.ts'
import { useCompletions } from '#lib/client/commands.ts'
import { useResting } from '#components/ui/resting.ts'
import { type Completions as Found, offered } from './completing.ts'

export interface Completing {
  /** Whether the key was one for the list. */
  press(key: string): boolean
}
/** What the line says of its list to those who do not see it. */
export interface Described {
  listId: string
  activeId: string | undefined
}

interface CompletionsProps {
  slug: string
  text: string
  take(text: string): void
  describe(it: Described | null): void
  ref: Ref<Completing>
}

const NONE: Found = { of: '', completions: [] }
const STEPS: Partial<Record<string, 1 | -1>> = { ArrowDown: 1, ArrowUp: -1 }

export default function Completions({ slug, text, take, describe, ref }: CompletionsProps) {
  const listId = useId()
  const asked = useResting(text, 120)
  const [leftAs, setLeftAs] = useState<string | null>(null)
  const [moved, setMoved] = useState<{ of: string; place: number } | null>(null)
  const found = useCompletions(slug, asked)
  const isChosen = moved?.of === text
  const { shown, takenByEnter } = offered(text, found && leftAs !== text ? found : NONE, isChosen)
  const at = Math.min(isChosen ? moved.place : 0, shown.length - 1)
  const activeId = at >= 0 ? `${listId}-${at}` : undefined
  const open = shown.length > 0

  useEffect(() => {
    describe(open ? { listId, activeId } : null)
    return () => describe(null)
  }, [describe, open, listId, activeId])

  function press(key: string): boolean {
    const chosen = shown[at]
    if (!chosen) return false
    const step = STEPS[key]
    if (step) setMoved({ of: text, place: (at + step + shown.length) % shown.length })
    else if (key === 'Tab' || (key === 'Enter' && takenByEnter)) take(chosen.text)
    else if (key === 'Escape') setLeftAs(text)
    else return false
    return true
  }
  useImperativeHandle(ref, () => ({ press }))

  return (
    <>
      <p role="status" className="sr-only">
        {open &&
          `${shown.length} ${shown.length === 1 ? 'suggestion' : 'suggestions'}: up and down to choose`}
      </p>
      {open && (
        <div
          id={listId}
          role="listbox"
          aria-label="Suggestions"
          className="absolute inset-x-0 bottom-full z-20 mb-2 max-h-72 overflow-y-auto rounded-xl border border-line bg-raised p-1 shadow-raised"
        >
          {shown.map((it, n) => (
            <Suggestion key={it.text} it={it} id={`${listId}-${n}`} chosen={n === at} take={take} />
          ))}
        </div>
      )}
    </>
  )
}

const Suggestion = ({
  it,
  id,
  chosen,
  take,
}: {
  it: Completion
  id: string
  chosen: boolean
  take(text: string): void
}) => (
  <div
    id={id}
    role="option"
    tabIndex={-1}
    aria-selected={chosen}
    className={cn(
      'flex min-h-9 cursor-pointer flex-wrap items-baseline gap-x-3 rounded-lg px-3 py-1.5 text-sm hover:bg-hover pointer-coarse:min-h-11',
      chosen && 'bg-hover',
    )}
    // The line keeps the focus.
    onPointerDown={(event) => event.preventDefault()}
    onClick={() => take(it.text)}
    onKeyDown={() => {}}
  >
    <span className="min-w-0 font-medium wrap-anywhere">{it.label}</span>
    <span className="min-w-0 truncate text-soft">{it.description}</span>
  </div>
)
