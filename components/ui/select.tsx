'use client'
/**
 * One of a few; for a long list, see `Combobox`. It stands there from the first paint; the part that opens is
 * loaded when somebody reaches for it.
 */
import { ChevronsUpDown } from 'lucide-react'
import { type ComponentType, type KeyboardEvent, type ReactNode, Suspense, useState } from 'react'
import { lazily } from './lazily.tsx'
import { cn } from './cn.ts'
import { controlClass, useControl } from './control.ts'
import { selectClass } from './popup.ts'

const Loaded = lazily(async () => ({
  default: (await import('./select-loaded.tsx')).default as ComponentType<SelectProps<string>>,
}))

const OPENS = new Set(['ArrowDown', 'ArrowUp'])

export interface Option<Value extends string = string> {
  value: Value
  label: string
  /** A second, quieter line. */
  hint?: string | undefined
  icon?: ReactNode
  disabled?: boolean | undefined
}

export interface SelectProps<Value extends string> {
  value: Value | null
  onValueChange(value: NoInfer<Value>): void
  options: readonly Option<Value>[]
  placeholder?: string | undefined
  disabled?: boolean | undefined
  name?: string | undefined
  className?: string | undefined
  'aria-label'?: string | undefined
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const field = useControl()
  const [asked, setAsked] = useState(false)
  const { value, options, placeholder = 'Choose …', className, disabled, 'aria-label': name } = props
  const chosen = options.find((it) => it.value === value)?.label
  const resting = (
    <button
      type="button"
      {...field}
      role="combobox"
      aria-haspopup="listbox"
      aria-expanded={false}
      aria-label={name}
      disabled={disabled}
      className={cn(controlClass, selectClass, className)}
      onPointerEnter={Loaded.ahead}
      onFocus={Loaded.ahead}
      onClick={() => setAsked(true)}
      onKeyDown={(event: KeyboardEvent) => {
        if (!OPENS.has(event.key)) return
        event.preventDefault()
        setAsked(true)
      }}
    >
      <span className={cn('min-w-0 truncate', chosen === undefined && 'text-faint')}>
        {chosen ?? placeholder}
      </span>
      <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-faint" />
    </button>
  )
  if (!asked) return resting
  return (
    <Suspense fallback={resting}>
      <Loaded onMissing={() => setAsked(false)} {...(props as unknown as SelectProps<string>)} />
    </Suspense>
  )
}
