'use client'
/** A small surface beside its button, for what a tooltip cannot hold. */
import { Popover as Base } from '@base-ui/react/popover'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn.ts'
import { popupClass } from './popup.ts'

export const Popover = Base.Root
/** `<PopoverTrigger render={<Button>…</Button>} />` */
export const PopoverTrigger = Base.Trigger
export const PopoverClose = Base.Close

export function PopoverContent({
  title,
  children,
  className,
  side = 'bottom',
  align = 'start',
}: Pick<ComponentProps<typeof Base.Positioner>, 'side' | 'align'> & {
  title?: ReactNode
  children: ReactNode
  className?: string | undefined
}) {
  return (
    <Base.Portal>
      <Base.Positioner
        side={side}
        align={align}
        sideOffset={6}
        collisionPadding={8}
        className="z-50 outline-none"
      >
        <Base.Popup
          className={cn(
            popupClass,
            'max-h-(--available-height) w-80 max-w-(--available-width) overflow-y-auto p-4 text-sm',
            className,
          )}
        >
          {title && <Base.Title className="mb-2 text-sm font-semibold">{title}</Base.Title>}
          {children}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  )
}
