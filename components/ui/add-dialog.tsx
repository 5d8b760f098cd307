'use client'
/** A button that opens the form for something of a list; the form is loaded when it is reached for. */
import { Plus } from 'lucide-react'
import { type ReactNode, Suspense, useState } from 'react'
import { Button } from './button.tsx'
import { Dialog, DialogContent, DialogTrigger } from './dialog.tsx'

export function AddDialog({
  label,
  title = label,
  quiet = false,
  children,
}: {
  label: string
  title?: string
  /** Beside what is there already, which it changes. */
  quiet?: boolean
  children(done: () => void): ReactNode
}) {
  const [open, setOpen] = useState(false)
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger
        render={
          quiet ? (
            <Button size="sm" aria-label={title}>
              {label}
            </Button>
          ) : (
            <Button>
              <Plus aria-hidden />
              {label}
            </Button>
          )
        }
      />
      <DialogContent title={title}>
        <Suspense>{children(() => setOpen(false))}</Suspense>
      </DialogContent>
    </Dialog>
  )
}
