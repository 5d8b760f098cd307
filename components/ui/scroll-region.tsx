/** What scrolls by itself: its scrollbar must be reachable with the keyboard. */
import type { ComponentProps } from 'react'

type ScrollRegionProps = ComponentProps<'section'> & { as?: 'section' | 'pre' | 'div' }

export const ScrollRegion = ({ as: Element = 'section', ...props }: ScrollRegionProps) => (
  <Element tabIndex={0} {...(props as object)} />
)
