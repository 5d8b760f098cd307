'use client'
/** The list itself; loaded with the first that is opened. */
import { Menu as Base } from '@base-ui/react/menu'
import { cn } from './cn.ts'
import { type MenuContentProps, PartsContext } from './menu.tsx'
import type { Opening } from './opening.tsx'
import { popupClass } from './popup.ts'

export default function MenuPopup({
  opening: { open, setOpen, control },
  children,
  className,
  side = 'bottom',
  align = 'start',
}: MenuContentProps & { opening: Opening }) {
  return (
    <Base.Root open={open} onOpenChange={setOpen}>
      <Base.Portal>
        <Base.Positioner
          anchor={control}
          side={side}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 outline-none"
        >
          <Base.Popup
            finalFocus={control}
            className={cn(
              popupClass,
              'usual-menu max-h-(--available-height) max-w-[min(22rem,var(--available-width))] overflow-y-auto p-1',
              className,
            )}
          >
            <PartsContext value={Base}>{children}</PartsContext>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
