'use client'
/** Views of one thing, one at a time. */
import { Tabs as Base } from '@base-ui/react/tabs'
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

type Styled<Part extends React.ElementType> = Omit<ComponentProps<Part>, 'className'> & {
  className?: string | undefined
}

export const Tabs = Base.Root

export function TabsList({ className, children, ...props }: Styled<typeof Base.List>) {
  return (
    <Base.List
      className={cn('relative flex max-w-full gap-1 overflow-x-auto border-b border-line', className)}
      {...props}
    >
      {children}
      <Base.Indicator className="absolute bottom-0 left-0 h-0.5 w-(--active-tab-width) translate-x-(--active-tab-left) rounded-full bg-accent transition-[translate,width] duration-150" />
    </Base.List>
  )
}

export function Tab({ className, ...props }: Styled<typeof Base.Tab>) {
  return (
    <Base.Tab
      className={cn(
        'flex min-h-10 shrink-0 items-center gap-2 rounded-t-md px-3 text-sm font-medium whitespace-nowrap text-soft hover:text-ink focus-visible:-outline-offset-2 data-active:text-ink [&_svg]:size-4',
        className,
      )}
      {...props}
    />
  )
}

export function TabsPanel({ className, ...props }: Styled<typeof Base.Panel>) {
  return <Base.Panel className={cn('pt-5', className)} {...props} />
}
