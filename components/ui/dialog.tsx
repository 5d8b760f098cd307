'use client'
/**
 * A question or a small form over the page. On a phone it rests on the lower edge, within the thumb's reach.
 */
import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { buttonClass } from './button.tsx'
import { cn } from './cn.ts'

export const Dialog = Base.Root
/** `<DialogTrigger render={<Button>…</Button>} />` */
export const DialogTrigger = Base.Trigger
export const DialogClose = Base.Close

export const veilClass =
  'fixed inset-0 z-40 bg-veil transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0'

export interface DialogContentProps {
  title: ReactNode
  description?: ReactNode
  children?: ReactNode
  className?: string | undefined
  initialFocus?: ComponentProps<typeof Base.Popup>['initialFocus']
}

export function DialogContent({ title, description, children, className, initialFocus }: DialogContentProps) {
  return (
    <Base.Portal>
      <Base.Backdrop className={veilClass} />
      <Base.Viewport className="fixed inset-0 z-50 flex items-end justify-center overflow-y-auto sm:items-center sm:p-6">
        <Base.Popup
          initialFocus={initialFocus}
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
  )
}

/** The way on stands last; on a phone it stands first, over the others. */
export function DialogFooter({ className, ...props }: ComponentProps<'footer'>) {
  return (
    <footer className={cn('flex flex-col-reverse gap-2 sm:flex-row sm:justify-end', className)} {...props} />
  )
}
