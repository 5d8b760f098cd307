/** The shape of what is on its way. The place that waits says so once, with `Waiting`. */
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

export function Skeleton({ className }: { className?: string | undefined }) {
  return <span aria-hidden className={cn('block h-4 animate-pulse rounded-md bg-hover', className)} />
}

export function Waiting({
  label = 'Loading …',
  className,
  children,
}: {
  label?: string | undefined
  className?: string | undefined
  children: ReactNode
}) {
  return (
    <div role="status" aria-busy="true" className={className}>
      <span className="sr-only">{label}</span>
      {children}
    </div>
  )
}
