/**
 * What scrolls by itself: its scrollbar must be reachable with the keyboard. What is placed in it, such as words for
 * screen readers alone, scrolls with it, and makes nothing around it longer.
 */
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

type ScrollRegionProps = ComponentProps<'section'> & { as?: 'section' | 'pre' | 'div' }

export const ScrollRegion = ({ as: Element = 'section', className, ...props }: ScrollRegionProps) => (
  <Element tabIndex={0} className={cn('relative', className)} {...(props as object)} />
)
