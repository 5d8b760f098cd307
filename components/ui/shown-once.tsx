/** The end of a dialog that made something secret: it can be taken away now, and is not shown again. */
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { CopyText } from './copy.tsx'
import { DialogClose, DialogFooter } from './dialog.tsx'

export function ShownOnce({ text, label, children }: { text: string; label: string; children: ReactNode }) {
  return (
    <>
      <p className="text-sm">{children}</p>
      <CopyText text={text} label={label} />
      <DialogFooter>
        <DialogClose render={<Button variant="primary">Done</Button>} />
      </DialogFooter>
    </>
  )
}
