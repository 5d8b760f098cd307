/** Nothing is here yet, or nothing is found: why, and the way on. */
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

/** The same in a card among others: as little as says it. */
export const EmptyLine = ({
  icon,
  title,
  children,
  className,
}: {
  icon: ReactNode
  title: ReactNode
  children: ReactNode
  className?: string | undefined
}) => (
  <div className={cn('flex gap-3 px-5 py-4 text-sm', className)}>
    <span aria-hidden className="mt-0.5 shrink-0 text-faint [&_svg]:size-4">
      {icon}
    </span>
    <div className="min-w-0">
      <p className="font-medium">{title}</p>
      <div className="text-soft">{children}</div>
    </div>
  </div>
)

export function Empty({
  icon,
  title,
  children,
  action,
  className,
}: {
  icon?: ReactNode
  title: ReactNode
  children?: ReactNode
  action?: ReactNode
  className?: string | undefined
}) {
  return (
    <div className={cn('usual-empty flex flex-col items-center gap-4 px-6 text-center', className)}>
      {icon && (
        <span
          aria-hidden
          className="flex size-12 items-center justify-center rounded-full bg-accent-soft text-accent-text [&_svg]:size-6"
        >
          {icon}
        </span>
      )}
      <div className="flex max-w-md flex-col gap-1">
        <h2 className="text-lg font-semibold">{title}</h2>
        {children && <div className="text-soft text-balance">{children}</div>}
      </div>
      {action && <div className="flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}
