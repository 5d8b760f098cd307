'use client'
/**
 * Asks before something that cannot be taken back. It stays
 * open until that is done, and says what went wrong.
 */
import { AlertDialog as Base } from '@base-ui/react/alert-dialog'
import { type ReactElement, type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import { veilClass } from './dialog.tsx'
import { ProblemNote } from './problem.tsx'

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
  onConfirm(): Promise<unknown>
}

export function Confirm({
  trigger,
  open,
  onOpenChange,
  title,
  children,
  confirmLabel,
  cancelLabel = 'Cancel',
  danger = false,
  onConfirm,
}: ConfirmProps) {
  const [ownOpen, setOwnOpen] = useState(false)
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const set = (next: boolean) => {
    setOwnOpen(next)
    setError(null)
    onOpenChange?.(next)
  }
  async function confirm() {
    setPending(true)
    setError(null)
    try {
      await onConfirm()
      set(false)
    } catch (problem) {
      setError(problem)
    } finally {
      setPending(false)
    }
  }
  return (
    <Base.Root open={open ?? ownOpen} onOpenChange={set}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={veilClass} />
        <Base.Viewport className="fixed inset-0 z-50 flex items-end justify-center overflow-y-auto p-3 sm:items-center sm:p-6">
          <Base.Popup className="flex w-full flex-col gap-4 rounded-xl border border-line bg-raised p-5 text-ink shadow-raised outline-none transition-[translate,opacity] duration-150 data-ending-style:translate-y-3 data-ending-style:opacity-0 data-starting-style:translate-y-3 data-starting-style:opacity-0 sm:max-w-md sm:p-6">
            <Base.Title className="text-lg font-semibold">{title}</Base.Title>
            {children && (
              <Base.Description className="text-sm text-soft" render={<div />}>
                {children}
              </Base.Description>
            )}
            {error !== null && <ProblemNote error={error} />}
            <div className="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
              <Base.Close render={<Button variant="ghost">{cancelLabel}</Button>} />
              <Button variant={danger ? 'danger' : 'primary'} pending={pending} onClick={confirm}>
                {confirmLabel}
              </Button>
            </div>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}
