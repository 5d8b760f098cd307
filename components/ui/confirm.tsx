'use client'
/**
 * Asks before something that cannot be taken back. It stays
 * open until that is done, and says what went wrong.
 */
import { type ReactElement, type ReactNode, Suspense } from 'react'
import { lazily } from './lazily.tsx'
import { opens, useOpening } from './opening.tsx'

const Popup = lazily(() => import('./confirm-popup.tsx'))

export interface ConfirmProps {
  /** What opens it; leave it out to open it by `open`. */
  trigger?: ReactElement | undefined
  open?: boolean | undefined
  onOpenChange?: ((open: boolean) => void) | undefined
  title: ReactNode
  children?: ReactNode
  confirmLabel: string
  /** What the other button does. */
  cancelLabel?: string | undefined
  danger?: boolean | undefined
  /** There is nothing to say yes to, or not yet. */
  confirmDisabled?: boolean | undefined
  onConfirm(): Promise<unknown>
}

export function Confirm({ trigger, open, onOpenChange, ...question }: ConfirmProps) {
  const opening = useOpening({ open, onOpenChange })
  return (
    <>
      {trigger && opens(trigger, opening, 'dialog', Popup.ahead)}
      {opening.asked && (
        <Suspense>
          <Popup opening={opening} onMissing={opening.unask} {...question} />
        </Suspense>
      )}
    </>
  )
}
