/** The shape of what is on its way. The place that waits says so once, with `Waiting`. */
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

export function Skeleton({ className }: { className?: string | undefined }) {
  return <span aria-hidden className={cn('usual-skeleton block animate-pulse bg-hover', className)} />
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

/** A list that waits: so many rows, as high as its own. */
export function WaitingRows({
  rows,
  height,
  className = 'flex flex-col gap-3',
}: {
  rows: number
  height?: string | undefined
  className?: string | undefined
}) {
  return (
    <Waiting className={className}>
      {Array.from({ length: rows }, (_, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have nothing but their place
        <Skeleton key={n} className={height} />
      ))}
    </Waiting>
  )
}
