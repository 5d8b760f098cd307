'use client'
/** On or off, with effect at once. */
import { Switch as Base } from '@base-ui/react/switch'
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

export function Switch({
  className,
  ...props
}: Omit<ComponentProps<typeof Base.Root>, 'className'> & { className?: string | undefined }) {
  return (
    <Base.Root
      className={cn(
        'relative inline-flex h-6 w-10 shrink-0 items-center rounded-full border border-edge bg-sunken p-0.5 transition-colors data-checked:border-accent data-checked:bg-accent data-disabled:opacity-55',
        // The target is larger than what is drawn.
        'before:absolute before:-inset-1.5',
        className,
      )}
      {...props}
    >
      <Base.Thumb className="block size-4 rounded-full bg-soft transition-[translate,background-color] data-checked:translate-x-4 data-checked:bg-on-accent" />
    </Base.Root>
  )
}
