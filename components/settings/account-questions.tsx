'use client'
/** What is asked before something is done to an account; loaded with the first of these questions. */
import type { ReactNode } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { Dialog, DialogContent } from '#components/ui/dialog.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { ShownOnce } from '#components/ui/shown-once.tsx'
import { Time } from '#components/ui/time.tsx'
import { useDisableAccount, useEndSessions, useOfferPassword } from '#lib/client/accounts.ts'
import type { Account } from '#lib/contract/account.ts'

export type Asked = 'disable' | 'sign-out' | 'password'

export default function Questions({
  account: { id, name },
  asked,
  onDone,
}: {
  account: Account
  asked: Asked
  onDone(): void
}) {
  const change = useDisableAccount()
  const end = useEndSessions()
  return (
    <>
      <Confirm
        danger
        open={asked === 'disable'}
        onOpenChange={onDone}
        title={`Disable ${name}?`}
        confirmLabel="Disable"
        onConfirm={() => change.mutateAsync({ id, disabled: true })}
      >
        {name} is signed out everywhere and cannot sign in. API keys that {name} made are refused, and
        schedules that {name} made are switched off at their next run; whoever switches one on again answers
        for it.
      </Confirm>
      <Confirm
        open={asked === 'sign-out'}
        onOpenChange={onDone}
        title={`Sign ${name} out everywhere?`}
        confirmLabel="Sign out"
        onConfirm={() => end.mutateAsync(id)}
      >
        Every browser has to sign in again. API keys go on working.
      </Confirm>
      <Dialog open={asked === 'password'} onOpenChange={onDone}>
        <DialogContent title={`A new password for ${name}`}>
          <PasswordLink id={id} name={name} />
        </DialogContent>
      </Dialog>
    </>
  )
}

function PasswordLink({ id, name }: { id: string; name: string }): ReactNode {
  const offer = useOfferPassword()
  if (offer.data)
    return (
      <ShownOnce text={offer.data.link} label="Link">
        Hand this link to {name}. It works once, until <Time at={offer.data.expiresAt} />, and is not shown
        again.
      </ShownOnce>
    )
  return (
    <>
      <p className="text-sm text-soft">
        The link lets whoever opens it choose the password of this account. The current password works until
        then; afterwards every browser has to sign in again.
      </p>
      {offer.error && <Problem error={offer.error} />}
      <div className="flex justify-end">
        <Button variant="primary" pending={offer.isPending} onClick={() => offer.mutate(id)}>
          Create link
        </Button>
      </div>
    </>
  )
}
