'use client'
/** Everybody who can sign in to the installation: switched off, signed out, or given a way to a new password. */
import { KeyRound, LogOut, MoreHorizontal, UserCheck, UserX } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { Dialog, DialogContent } from '#components/ui/dialog.tsx'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '#components/ui/menu.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { ShownOnce } from '#components/ui/shown-once.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { toast } from '#components/ui/toast.tsx'
import { Time } from '#components/ui/time.tsx'
import { useAccounts, useDisableAccount, useEndSessions, useOfferPassword } from '#lib/client/accounts.ts'
import { useMe } from '#lib/client/people.ts'
import type { Account } from '#lib/contract/account.ts'

export function Accounts() {
  const accounts = useAccounts()
  return (
    <Card aria-labelledby="accounts">
      <CardHeader>
        <div className="min-w-0">
          <CardTitle id="accounts">Accounts</CardTitle>
          <p className="text-sm text-faint">Everybody who can sign in here, in whatever workspace.</p>
        </div>
      </CardHeader>
      {accounts.isPending ? (
        <CardBody>
          <Waiting className="flex flex-col gap-3">
            <Skeleton className="h-10" />
            <Skeleton className="h-10" />
          </Waiting>
        </CardBody>
      ) : accounts.error ? (
        <Problem error={accounts.error} retry={accounts.refetch} />
      ) : (
        <ul className="mt-3 divide-y divide-line border-t border-line">
          {accounts.data.map((it) => (
            <Row key={it.id} account={it} />
          ))}
        </ul>
      )}
    </Card>
  )
}

const sessionsOf = (count: number) =>
  count === 0 ? 'not signed in' : count === 1 ? 'signed in on one browser' : `signed in on ${count} browsers`

function Row({ account: it }: { account: Account }) {
  const own = useMe().data?.id === it.id
  return (
    <li className="flex items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {it.name}
          {own && <Badge>You</Badge>}
          {it.installationAdmin && <Badge>Administrator</Badge>}
          {it.disabled && <Badge tone="bad">Disabled</Badge>}
        </p>
        <p className="text-sm text-faint wrap-anywhere">
          {it.email} · {sessionsOf(it.sessions)} · since <Time at={it.createdAt} format="instant" />
        </p>
      </div>
      <Actions account={it} own={own} />
    </li>
  )
}

type Asked = 'disable' | 'sign-out' | 'password'

function Actions({ account, own }: { account: Account; own: boolean }) {
  const [asked, setAsked] = useState<Asked | null>(null)
  const change = useDisableAccount()
  const enable = () =>
    change.mutate(
      { id: account.id, disabled: false },
      { onError: (error) => toast.error('It stays disabled', { description: error.message }) },
    )
  return (
    <>
      <Menu>
        <MenuTrigger
          render={
            <Button variant="ghost" size="icon" aria-label={`Actions: ${account.name}`}>
              <MoreHorizontal aria-hidden />
            </Button>
          }
        />
        <MenuContent align="end">
          <MenuItem onClick={() => setAsked('password')}>
            <KeyRound aria-hidden />
            New password …
          </MenuItem>
          {account.sessions > 0 && (
            <MenuItem onClick={() => setAsked('sign-out')}>
              <LogOut aria-hidden />
              Sign out everywhere …
            </MenuItem>
          )}
          {account.disabled ? (
            <MenuItem onClick={enable}>
              <UserCheck aria-hidden />
              Enable
            </MenuItem>
          ) : (
            !own && (
              <MenuItem danger onClick={() => setAsked('disable')}>
                <UserX aria-hidden />
                Disable …
              </MenuItem>
            )
          )}
        </MenuContent>
      </Menu>
      <Questions account={account} asked={asked} onDone={() => setAsked(null)} />
    </>
  )
}

function Questions({
  account: { id, name },
  asked,
  onDone,
}: {
  account: Account
  asked: Asked | null
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
        The link lets whoever opens it choose the password of this account. The password of now works until
        then; afterwards every browser has to sign in again.
      </p>
      {offer.error && <Problem error={offer.error} />}
      <div className="flex justify-end">
        <Button variant="primary" pending={offer.isPending} onClick={() => offer.mutate(id)}>
          Make the link
        </Button>
      </div>
    </>
  )
}
