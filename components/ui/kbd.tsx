/** A key to press. */
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

export function Kbd({ className, ...props }: ComponentProps<'kbd'>) {
  return (
    <kbd
      className={cn(
        'inline-flex min-w-5 items-center justify-center rounded-sm border border-line bg-sunken px-1 font-sans text-xs text-soft',
        className,
      )}
      {...props}
    />
  )
}
