'use client'
/** A panel from an edge: the menu of a phone, the details beside a list. It can be swiped away. */
import { Drawer as Base } from '@base-ui/react/drawer'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { buttonClass } from './button.tsx'
import { cn } from './cn.ts'
import { veilClass } from './dialog.tsx'

type Side = 'left' | 'right' | 'bottom'
const SWIPE = { left: 'left', right: 'right', bottom: 'down' } as const
const VIEWPORT: Record<Side, string> = {
  left: 'items-stretch justify-start',
  right: 'items-stretch justify-end',
  bottom: 'items-end justify-center',
}
const POPUP: Record<Side, string> = {
  left: 'h-full w-[min(20rem,88vw)] border-r transform-[translateX(var(--drawer-swipe-movement-x))] data-ending-style:transform-[translateX(-100%)] data-starting-style:transform-[translateX(-100%)]',
  right:
    'h-full w-[min(30rem,94vw)] border-l transform-[translateX(var(--drawer-swipe-movement-x))] data-ending-style:transform-[translateX(100%)] data-starting-style:transform-[translateX(100%)]',
  bottom:
    'max-h-[85dvh] w-full rounded-t-xl border-t pb-[max(1rem,env(safe-area-inset-bottom))] transform-[translateY(var(--drawer-swipe-movement-y))] data-ending-style:transform-[translateY(100%)] data-starting-style:transform-[translateY(100%)]',
}

export interface SheetProps {
  side?: Side | undefined
  open?: boolean | undefined
  onOpenChange?: ((open: boolean) => void) | undefined
  children: ReactNode
}

export function Sheet({ side = 'right', open, onOpenChange, children }: SheetProps) {
  return (
    <Base.Root swipeDirection={SWIPE[side]} open={open} onOpenChange={onOpenChange}>
      {children}
    </Base.Root>
  )
}

/** `<SheetTrigger render={<Button>…</Button>} />` */
export const SheetTrigger = Base.Trigger
export const SheetClose = Base.Close

/** `side` as its `Sheet` has it. */
export function SheetContent({
  side = 'right',
  title,
  hideTitle = false,
  children,
  className,
}: {
  side?: Side | undefined
  title: ReactNode
  hideTitle?: boolean | undefined
  children: ReactNode
  className?: string | undefined
}) {
  return (
    <Base.Portal>
      <Base.Backdrop className={veilClass} />
      <Base.Viewport className={cn('fixed inset-0 z-50 flex', VIEWPORT[side])}>
        <Base.Popup
          className={cn(
            'overflow-y-auto overscroll-contain border-line bg-raised p-5 text-ink shadow-raised outline-none transition-transform duration-250 ease-out data-swiping:duration-0 data-swiping:select-none',
            POPUP[side],
            className,
          )}
        >
          <div className="mb-4 flex items-center justify-between gap-3">
            <Base.Title className={cn('text-lg font-semibold', hideTitle && 'sr-only')}>{title}</Base.Title>
            <Base.Close
              aria-label="Close"
              className={cn(buttonClass({ variant: 'ghost', size: 'iconSm' }), 'ml-auto')}
            >
              <X aria-hidden />
            </Base.Close>
          </div>
          <Base.Content>{children}</Base.Content>
        </Base.Popup>
      </Base.Viewport>
    </Base.Portal>
  )
}
