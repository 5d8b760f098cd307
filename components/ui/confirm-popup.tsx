'use client'
/** The question itself; loaded with the first that is asked. */
import { AlertDialog as Base } from '@base-ui/react/alert-dialog'
import { useState } from 'react'
import { Button } from './button.tsx'
import type { ConfirmProps } from './confirm.tsx'
import type { Opening } from './opening.tsx'
import { veilClass } from './popup.ts'
import { ProblemNote } from './problem.tsx'

export default function ConfirmPopup({
  opening: { open, setOpen, control },
  title,
  children,
  confirmLabel,
  cancelLabel = 'Cancel',
  danger = false,
  confirmDisabled = false,
  onConfirm,
}: Omit<ConfirmProps, 'trigger' | 'open' | 'onOpenChange'> & { opening: Opening }) {
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const set = (next: boolean) => {
    setError(null)
    setOpen(next)
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
    <Base.Root open={open} onOpenChange={set}>
      <Base.Portal>
        <Base.Backdrop className={veilClass} />
        <Base.Viewport className="fixed inset-0 z-50 flex items-end justify-center overflow-y-auto p-3 sm:items-center sm:p-6">
          <Base.Popup
            {...(control.current && { finalFocus: control })}
            className="flex w-full flex-col gap-4 rounded-xl border border-line bg-raised p-5 text-ink shadow-raised outline-none transition-[translate,opacity] duration-150 data-ending-style:translate-y-3 data-ending-style:opacity-0 data-starting-style:translate-y-3 data-starting-style:opacity-0 sm:max-w-md sm:p-6"
          >
            <Base.Title className="text-lg font-semibold">{title}</Base.Title>
            {children && (
              <Base.Description className="text-sm text-soft" render={<div />}>
                {children}
              </Base.Description>
            )}
            {error !== null && <ProblemNote error={error} />}
            <div className="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
              <Base.Close render={<Button variant="ghost">{cancelLabel}</Button>} />
              <Button
                variant={danger ? 'danger' : 'primary'}
                pending={pending}
                disabled={confirmDisabled}
                onClick={confirm}
              >
                {confirmLabel}
              </Button>
            </div>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}
