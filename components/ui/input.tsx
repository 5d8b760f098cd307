'use client'
/** One line of text. Inside a `Field` it takes its name and state from there. */
import { Input as Base } from '@base-ui/react/input'
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

export const controlClass =
  'w-full min-w-0 rounded-md border border-edge bg-surface px-3 text-base text-ink shadow-card transition-colors hover:border-soft disabled:bg-sunken disabled:text-faint data-invalid:border-bad sm:text-sm focus-visible:outline-offset-0'

export function Input({
  className,
  ...props
}: Omit<ComponentProps<typeof Base>, 'className'> & { className?: string | undefined }) {
  return <Base className={cn(controlClass, 'h-9 pointer-coarse:h-11', className)} {...props} />
}
