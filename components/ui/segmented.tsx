'use client'
/** One of two to four, all in sight. */
import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

export interface SegmentedProps<Value extends string> {
  value: Value
  onValueChange(value: Value): void
  options: readonly { value: Value; label: string; icon?: ReactNode }[]
  className?: string | undefined
  'aria-label'?: string | undefined
}

export function Segmented<Value extends string>({
  value,
  onValueChange,
  options,
  className,
  ...aria
}: SegmentedProps<Value>) {
  return (
    <RadioGroup<Value>
      value={value}
      onValueChange={onValueChange}
      {...aria}
      className={cn('flex w-full gap-1 rounded-lg border border-line bg-sunken p-1 sm:w-fit', className)}
    >
      {options.map((it) => (
        <Radio.Root<Value>
          key={it.value}
          value={it.value}
          aria-label={it.label}
          className="flex min-h-8 flex-1 cursor-pointer items-center justify-center gap-2 rounded-md px-2 sm:px-3 text-sm font-medium whitespace-nowrap text-soft transition-colors select-none hover:text-ink data-checked:bg-surface data-checked:text-ink data-checked:shadow-card data-checked:outline data-checked:outline-edge/60 focus-visible:outline-2 focus-visible:outline-focus pointer-coarse:min-h-10 [&_svg]:hidden [&_svg]:size-4 [&_svg]:shrink-0 sm:[&_svg]:block"
        >
          {it.icon}
          {it.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  )
}
