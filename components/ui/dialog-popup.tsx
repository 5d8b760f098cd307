'use client'
/** The dialog itself; loaded with the first that is opened. */
import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { buttonClass } from './button-class.ts'
import { cn } from './cn.ts'
import type { DialogContentProps } from './dialog.tsx'
import type { Opening } from './opening.tsx'
import { veilClass } from './popup.ts'

export default function DialogPopup({
  opening: { open, setOpen, control },
  title,
  description,
  children,
  className,
}: DialogContentProps & { opening: Opening }) {
  return (
    <Base.Root open={open} onOpenChange={setOpen}>
      <Base.Portal>
        <Base.Backdrop className={veilClass} />
        <Base.Viewport className="fixed inset-0 z-50 flex items-end justify-center overflow-y-auto sm:items-center sm:p-6">
          <Base.Popup
            {...(control.current && { finalFocus: control })}
            className={cn(
              'relative flex max-h-[92dvh] w-full flex-col gap-5 overflow-y-auto rounded-t-xl border border-line bg-raised p-5 pb-[max(1.25rem,env(safe-area-inset-bottom))] text-ink shadow-raised outline-none transition-[translate,scale,opacity] duration-150 data-ending-style:translate-y-4 data-ending-style:opacity-0 data-starting-style:translate-y-4 data-starting-style:opacity-0 sm:max-w-lg sm:rounded-xl sm:p-6',
              className,
            )}
          >
            <header className="flex flex-col gap-1 pr-9">
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {description && (
                <Base.Description className="text-sm text-soft" render={<div />}>
                  {description}
                </Base.Description>
              )}
            </header>
            <Base.Close
              aria-label="Close"
              className={cn(buttonClass({ variant: 'ghost', size: 'iconSm' }), 'absolute top-4 right-4')}
            >
              <X aria-hidden />
            </Base.Close>
            {children}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}
