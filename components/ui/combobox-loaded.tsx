'use client'
/**
 * The part of a `Combobox` that finds. Every word that is typed must
 * occur, in any order and whatever its case or punctuation.
 */
import { Combobox as Base } from '@base-ui/react/combobox'
import { Check, ChevronsUpDown } from 'lucide-react'
import { useLayoutEffect, useRef, useState } from 'react'
import { cn } from './cn.ts'
import type { Begun, ComboboxProps } from './combobox.tsx'
import { controlClass, lineClass, useControl } from './control.ts'
import { optionClass, popupClass } from './popup.ts'
import type { Option } from './select.tsx'

/** More are found by typing on: hundreds of rows at once help nobody. */
const MOST_SHOWN = 100

const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}+:-]+/gu, ' ')
    .trim()

function isFound(option: Option, query: string): boolean {
  const text = plain(`${option.label} ${option.value} ${option.hint ?? ''}`)
  return plain(query)
    .split(' ')
    .every((word) => text.includes(word))
}

export default function ComboboxLoaded({
  value,
  onValueChange,
  options,
  placeholder,
  empty = 'Nothing is found.',
  disabled,
  className,
  begun,
  ...aria
}: ComboboxProps & {
  /** Null: nobody is in it any more. */
  begun: Begun | null
}) {
  const [typed, setTyped] = useState(begun?.typed ?? '')
  const input = useRef<HTMLInputElement>(null)
  const [start] = useState(begun)
  useLayoutEffect(() => {
    if (!start) return
    input.current?.focus()
    if (start.typed) input.current?.setSelectionRange(start.typed.length, start.typed.length)
  }, [start])
  const chosen = value === null ? null : (options.find((it) => it.value === value) ?? { value, label: value })
  return (
    <Base.Root<Option>
      items={options}
      value={chosen}
      onValueChange={(it) => it && onValueChange(it.value)}
      onInputValueChange={setTyped}
      isItemEqualToValue={(one, other) => one.value === other.value}
      filter={isFound}
      limit={MOST_SHOWN}
      defaultOpen={start?.open ?? false}
      {...(start?.typed && { defaultInputValue: start.typed })}
      disabled={disabled}
      // The engine takes 'always', its types here do not: what was typed before it came highlights its match, too.
      autoHighlight={(start?.typed ? 'always' : true) as boolean}
    >
      <Base.InputGroup className={cn('relative', className)}>
        <Base.Input
          ref={input}
          {...useControl()}
          placeholder={placeholder}
          {...aria}
          // What is typed takes the place of what was chosen; the press that focuses must not set the caret.
          onFocus={(event) => event.currentTarget.select()}
          onMouseDown={(event) => {
            if (document.activeElement === event.currentTarget) return
            event.preventDefault()
            event.currentTarget.focus()
          }}
          // A form must not be sent with what was chosen before.
          onKeyDown={(event) => {
            if (event.key === 'Enter' && typed !== '' && typed !== chosen?.label) event.preventDefault()
          }}
          className={cn(controlClass, lineClass, 'pr-9')}
        />
        <Base.Trigger
          aria-label="Show the choices"
          className="absolute inset-y-0 right-0 flex w-9 items-center justify-center rounded-md text-faint hover:text-ink"
        >
          <ChevronsUpDown aria-hidden className="size-4" />
        </Base.Trigger>
      </Base.InputGroup>
      <Base.Portal>
        <Base.Positioner sideOffset={4} className="z-50 outline-none">
          <Base.Popup className={cn(popupClass, 'w-(--anchor-width) max-w-(--available-width) min-w-56')}>
            <Base.Empty>
              <p className="px-3 py-4 text-sm text-faint">{empty}</p>
            </Base.Empty>
            <Base.List className="max-h-[min(20rem,var(--available-height))] overflow-y-auto overscroll-contain p-1 data-empty:p-0">
              {(it: Option) => (
                <Base.Item key={it.value} value={it} className={cn(optionClass, 'justify-between gap-3')}>
                  <span className="min-w-0">
                    <span className="block">{it.label}</span>
                    {it.hint && <span className="block text-xs text-faint">{it.hint}</span>}
                  </span>
                  <Base.ItemIndicator className="shrink-0 text-accent-text">
                    <Check aria-hidden />
                  </Base.ItemIndicator>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
