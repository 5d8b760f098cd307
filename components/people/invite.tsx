'use client'
/** Invites somebody; whoever invites passes the link on. */
import { UserPlus } from 'lucide-react'
import { Suspense, useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Button } from '#components/ui/button.tsx'
import { Dialog, DialogContent, DialogTrigger } from '#components/ui/dialog.tsx'

const InviteForm = lazily(() => import('./invite-form.tsx'))

export function Invite({ slug }: { slug: string }) {
  const [open, setOpen] = useState(false)
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger
        render={
          <Button variant="primary">
            <UserPlus aria-hidden />
            Invite
          </Button>
        }
      />
      <DialogContent
        title="Invite somebody"
        description="The link is valid for a week, once, and for this address only."
      >
        <Suspense>
          <InviteForm slug={slug} />
        </Suspense>
      </DialogContent>
    </Dialog>
  )
}
