'use client'
/**
 * A question or a small form over the page. On a phone it rests on the lower edge, within the thumb's reach.
 */
import { cloneElement, type ComponentProps, type ReactElement, type ReactNode, Suspense } from 'react'
import { lazily } from './lazily.tsx'
import { cn } from './cn.ts'
import { type OpeningProps, OpeningProvider, opens, useOpened, useOpening } from './opening.tsx'

const Popup = lazily(() => import('./dialog-popup.tsx'))

export function Dialog({ children, ...props }: OpeningProps & { children: ReactNode }) {
  return <OpeningProvider value={useOpening(props)}>{children}</OpeningProvider>
}

/** `<DialogTrigger render={<Button>…</Button>} />` */
export const DialogTrigger = ({ render }: { render: ReactElement }) =>
  opens(render, useOpened(), 'dialog', Popup.ahead)

/** `<DialogClose render={<Button>…</Button>} />` */
export function DialogClose({ render }: { render: ReactElement }) {
  const { setOpen } = useOpened()
  return cloneElement(render as ReactElement<{ onClick(): void }>, { onClick: () => setOpen(false) })
}

export interface DialogContentProps {
  title: ReactNode
  description?: ReactNode
  children?: ReactNode
  className?: string | undefined
}

export function DialogContent(props: DialogContentProps) {
  const opening = useOpened()
  if (!opening.asked) return null
  return (
    <Suspense>
      <Popup opening={opening} onMissing={opening.unask} {...props} />
    </Suspense>
  )
}

/** The way on stands last; on a phone it stands first, over the others. */
export function DialogFooter({ className, ...props }: ComponentProps<'footer'>) {
  return (
    <footer className={cn('flex flex-col-reverse gap-2 sm:flex-row sm:justify-end', className)} {...props} />
  )
}
