'use client'
/** More about a control, on hover and on focus. Never the only place where something is said. */
import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ComponentProps, ReactElement, ReactNode } from 'react'

export const TooltipProvider = Base.Provider

/** `children` is the control itself; it keeps its own accessible name. */
export function Tooltip({
  content,
  side = 'top',
  children,
}: {
  content: ReactNode
  side?: ComponentProps<typeof Base.Positioner>['side']
  children: ReactElement
}) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} collisionPadding={8} className="z-60">
          <Base.Popup className="max-w-72 origin-(--transform-origin) rounded-md bg-ink px-2 py-1 text-xs text-ground shadow-raised transition-[scale,opacity] duration-100 data-ending-style:opacity-0 data-instant:transition-none data-starting-style:scale-96 data-starting-style:opacity-0">
            {content}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
