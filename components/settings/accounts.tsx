'use client'
/** Everybody who can sign in to the installation: switched off, signed out, or given a way to a new password. */
import { KeyRound, LogOut, MoreHorizontal, UserCheck, UserX } from 'lucide-react'
import { Suspense, useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '#components/ui/menu.tsx'
import { toast } from '#components/ui/toast.tsx'
import { Time } from '#components/ui/time.tsx'
import { useAccounts, useDisableAccount } from '#lib/client/accounts.ts'
import { useMe } from '#lib/client/people.ts'
import type { Account } from '#lib/contract/account.ts'
import type { Asked } from './account-questions.tsx'

export function Accounts() {
  return (
    <ListCard
      id="accounts"
      title="Accounts"
      about="Everybody who can sign in here, in any workspace."
      items={useAccounts()}
    >
      {(it) => <Row key={it.id} account={it} />}
    </ListCard>
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

const Questions = lazily(() => import('./account-questions.tsx'))

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
      {asked && (
        <Suspense>
          <Questions account={account} asked={asked} onDone={() => setAsked(null)} />
        </Suspense>
      )}
    </>
  )
}
