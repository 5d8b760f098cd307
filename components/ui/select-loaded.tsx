'use client'
/** The part of a `Select` that opens. */
import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import { cn } from './cn.ts'
import { controlClass, useControl } from './control.ts'
import { optionClass, popupClass, selectClass } from './popup.ts'
import type { SelectProps } from './select.tsx'

export default function SelectLoaded<Value extends string>({
  value,
  onValueChange,
  options,
  placeholder = 'Choose …',
  disabled,
  name,
  className,
  ...aria
}: SelectProps<Value>) {
  return (
    <Base.Root<Value>
      items={options}
      // It is loaded because somebody wants to see the choices.
      defaultOpen
      value={value}
      onValueChange={(chosen) => chosen !== null && onValueChange(chosen)}
      disabled={disabled}
      name={name}
      modal={false}
    >
      <Base.Trigger {...useControl()} {...aria} className={cn(controlClass, selectClass, className)}>
        <Base.Value className="min-w-0 truncate data-placeholder:text-faint" placeholder={placeholder} />
        <Base.Icon className="shrink-0 text-faint">
          <ChevronsUpDown aria-hidden className="size-4" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <Base.Popup
            className={cn(popupClass, 'max-w-[min(26rem,var(--available-width))] min-w-(--anchor-width)')}
          >
            <Base.List className="max-h-(--available-height) overflow-y-auto p-1">
              {options.map((it) => (
                <Base.Item
                  key={it.value}
                  value={it.value}
                  disabled={it.disabled ?? false}
                  className={cn(optionClass, 'justify-between gap-3')}
                >
                  <span className="flex min-w-0 items-start gap-2">
                    {it.icon && <span className="mt-0.5 shrink-0">{it.icon}</span>}
                    <span className="min-w-0">
                      <Base.ItemText className="block">{it.label}</Base.ItemText>
                      {it.hint && <span className="block text-xs text-faint">{it.hint}</span>}
                    </span>
                  </span>
                  <Base.ItemIndicator className="shrink-0 text-accent-text">
                    <Check aria-hidden />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
