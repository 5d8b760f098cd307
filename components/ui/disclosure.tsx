'use client'
/**
 * What not everybody needs, behind a heading that opens
 * it. What is inside stays as it was while it is closed.
 */
import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

export interface DisclosureProps {
  title: ReactNode
  /** Said beside the title, open or closed. */
  aside?: ReactNode
  open?: boolean | undefined
  onOpenChange?: ((open: boolean) => void) | undefined
  className?: string | undefined
  children: ReactNode
}

export function Disclosure({ title, aside, open, onOpenChange, className, children }: DisclosureProps) {
  return (
    <details
      open={open}
      onToggle={(event) => onOpenChange?.(event.currentTarget.open)}
      className={cn('group min-w-0', className)}
    >
      <summary className="flex min-h-9 w-full cursor-default list-none items-center gap-2 rounded-md text-left font-medium pointer-coarse:min-h-11 [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          className="size-4 shrink-0 text-faint transition-transform group-open:rotate-90"
        />
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          <span className="min-w-0">{title}</span>
          {aside && <span className="min-w-0 text-sm font-normal text-faint">{aside}</span>}
        </span>
      </summary>
      {children}
    </details>
  )
}
