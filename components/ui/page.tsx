/** The frame of every page: its heading, what can be done there, and a width that is good to read. */
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

export function Page({
  title,
  description,
  actions,
  back,
  width = 'wide',
  children,
}: {
  title: ReactNode
  description?: ReactNode
  actions?: ReactNode
  /** A link to where this page belongs. */
  back?: ReactNode
  width?: 'narrow' | 'wide' | undefined
  children: ReactNode
}) {
  return (
    // All begin at the same left edge, whatever their width: a title stays where the last one was.
    <div className="mx-auto w-full max-w-6xl px-4 py-6 sm:px-8 sm:py-9">
      <div className={cn('flex flex-col gap-6', width === 'narrow' && 'max-w-3xl')}>
        <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
          <div className="flex min-w-0 flex-col gap-1">
            {back}
            <h1 className="text-2xl font-semibold wrap-anywhere">{title}</h1>
            {description && <div className="max-w-prose text-soft">{description}</div>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  )
}
