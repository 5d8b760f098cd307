'use client'
/**
 * A `Select` that stands by itself, with a name of its own: it looks the same from the first paint, and is loaded
 * when somebody reaches for it.
 */
import { ChevronsUpDown } from 'lucide-react'
import { type ComponentType, type KeyboardEvent, lazy, Suspense, useState } from 'react'
import { cn } from './cn.ts'
import { controlClass } from './input.tsx'
import { selectClass } from './popup.ts'
import type { SelectProps } from './select.tsx'

const load = () => import('./select.tsx')
const Loaded = lazy(async () => ({ default: (await load()).Select as ComponentType<SelectProps<string>> }))

const OPENS = new Set(['ArrowDown', 'ArrowUp'])

export function SelectOnDemand<Value extends string>(props: SelectProps<Value> & { 'aria-label': string }) {
  const [asked, setAsked] = useState(false)
  const { value, options, className, disabled, 'aria-label': name } = props
  const resting = (
    <button
      type="button"
      role="combobox"
      aria-haspopup="listbox"
      aria-expanded={false}
      aria-label={name}
      disabled={disabled}
      className={cn(controlClass, selectClass, className)}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setAsked(true)}
      onKeyDown={(event: KeyboardEvent) => {
        if (!OPENS.has(event.key)) return
        event.preventDefault()
        setAsked(true)
      }}
    >
      <span className="min-w-0 truncate">{options.find((it) => it.value === value)?.label}</span>
      <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-faint" />
    </button>
  )
  if (!asked) return resting
  return (
    <Suspense fallback={resting}>
      <Loaded {...(props as unknown as SelectProps<string>)} defaultOpen />
    </Suspense>
  )
}
