'use client'
/**
 * What not everybody needs, behind a heading that opens
 * it. What is inside stays as it was while it is closed.
 */
import { Collapsible } from '@base-ui/react/collapsible'
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
    <Collapsible.Root open={open} onOpenChange={onOpenChange} className={cn('min-w-0', className)}>
      <Collapsible.Trigger className="group flex min-h-9 w-full items-center gap-2 rounded-md text-left font-medium pointer-coarse:min-h-11">
        <ChevronRight
          aria-hidden
          className="size-4 shrink-0 text-faint transition-transform group-data-panel-open:rotate-90"
        />
        <span className="min-w-0">{title}</span>
        {aside && <span className="min-w-0 text-sm font-normal text-faint">{aside}</span>}
      </Collapsible.Trigger>
      <Collapsible.Panel keepMounted className="[&[hidden]]:hidden">
        {children}
      </Collapsible.Panel>
    </Collapsible.Root>
  )
}
