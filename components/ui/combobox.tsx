'use client'
/**
 * One of many, found by typing. It stands there from the first paint; the part that finds is loaded when somebody
 * reaches for it, and takes over what was typed until then.
 */
import { ChevronsUpDown } from 'lucide-react'
import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { cn } from './cn.ts'
import type Loaded from './combobox-loaded.tsx'
import { Input } from './input.tsx'
import { sayMissing } from './lazily.tsx'
import type { Option } from './select.tsx'

const load = () => import('./combobox-loaded.tsx')

export interface ComboboxProps {
  value: string | null
  onValueChange(value: string): void
  options: readonly Option[]
  placeholder?: string | undefined
  /** Said when nothing is found. */
  empty?: string | undefined
  disabled?: boolean | undefined
  className?: string | undefined
  'aria-label'?: string | undefined
}

/** How far somebody came until the part that finds was there. */
export interface Begun {
  typed: string
  open: boolean
}

export function Combobox(props: ComboboxProps) {
  const box = useRef<HTMLDivElement>(null)
  const pressed = useRef(false)
  const [finding, setFinding] = useState<{ With: typeof Loaded; begun: Begun | null } | null>(null)
  const { value, options, placeholder, disabled, className, 'aria-label': name } = props
  const chosen = value === null ? '' : (options.find((it) => it.value === value)?.label ?? value)

  async function begin() {
    const loaded = await load().catch(sayMissing)
    if (!loaded) return
    const { default: With } = loaded
    const input = box.current?.querySelector('input')
    const typed = input?.value === chosen ? '' : (input?.value ?? '')
    const begun = input === document.activeElement ? { typed, open: pressed.current || typed !== '' } : null
    // At once: a key that is pressed between the two would be lost.
    flushSync(() => setFinding({ With, begun }))
  }
  if (finding) return <finding.With {...props} begun={finding.begun} />
  return (
    <div ref={box} className={cn('relative', className)}>
      <Input
        // What was chosen is shown anew when it changes.
        key={chosen}
        role="combobox"
        aria-label={name}
        aria-haspopup="listbox"
        aria-expanded={false}
        autoComplete="off"
        placeholder={placeholder}
        disabled={disabled}
        defaultValue={chosen}
        className="pr-9"
        onPointerEnter={() => void load().catch(() => {})}
        onPointerDown={() => {
          pressed.current = true
        }}
        onFocus={(event) => {
          event.currentTarget.select()
          void begin()
        }}
      />
      <ChevronsUpDown
        aria-hidden
        className="pointer-events-none absolute inset-y-0 right-2.5 my-auto size-4 text-faint"
      />
    </div>
  )
}
