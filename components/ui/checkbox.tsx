'use client'
/** Chosen or not, with effect when the form is sent. */
import { Checkbox as Base } from '@base-ui/react/checkbox'
import { Check, Minus } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

export function Checkbox({
  className,
  indeterminate,
  ...props
}: Omit<ComponentProps<typeof Base.Root>, 'className'> & { className?: string | undefined }) {
  return (
    <Base.Root
      indeterminate={indeterminate}
      className={cn(
        'relative inline-flex size-5 shrink-0 items-center justify-center rounded-sm border border-edge bg-surface before:absolute before:-inset-1 data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent data-disabled:opacity-55',
        className,
      )}
      {...props}
    >
      <Base.Indicator className="text-on-accent [&_svg]:size-3.5">
        {indeterminate ? <Minus aria-hidden strokeWidth={3} /> : <Check aria-hidden strokeWidth={3} />}
      </Base.Indicator>
    </Base.Root>
  )
}
