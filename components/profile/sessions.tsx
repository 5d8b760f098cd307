'use client'
/** Where a person is signed in, and the way out of each. */
import { LogOut } from 'lucide-react'
import { leaveNothing } from '#components/shell/sign-out.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { Time } from '#components/ui/time.tsx'
import { toast } from '#components/ui/toast.tsx'
import { browserName } from '#lib/client/browser-name.ts'
import { endEverySession, useEndSession, useOwnSessions } from '#lib/client/profile.ts'
import type { Session } from '#lib/contract/profile.ts'

async function leaveEverywhere() {
  await endEverySession()
  await leaveNothing()
}

export function Sessions() {
  return (
    <ListCard
      id="sessions"
      title="Where you are signed in"
      about="End any that you do not recognise, then change your password."
      action={
        <Confirm
          danger
          trigger={
            <Button>
              <LogOut aria-hidden />
              Sign out everywhere
            </Button>
          }
          title="Sign out everywhere?"
          confirmLabel="Sign out"
          onConfirm={leaveEverywhere}
        >
          Every browser has to sign in again, this one too.
        </Confirm>
      }
      items={useOwnSessions()}
    >
      {(it) => <Row key={it.id} session={it} />}
    </ListCard>
  )
}

function Row({ session: it }: { session: Session }) {
  const ending = useEndSession()
  const name = it.agent ? browserName(it.agent) : 'Unknown'
  return (
    <li className="flex items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {name}
          {it.current && <Badge tone="good">This browser</Badge>}
        </p>
        <p className="text-sm text-faint wrap-anywhere">
          {it.address && `${it.address} · `}since <Time at={it.since} /> · last seen{' '}
          <Time at={it.seenAt} format="date" />
        </p>
      </div>
      {!it.current && (
        <Button
          size="sm"
          aria-label={`Sign out: ${name}`}
          pending={ending.isPending}
          onClick={() =>
            ending.mutate(it.id, {
              onError: (error) => toast.error('It is still signed in', { description: error.message }),
            })
          }
        >
          Sign out
        </Button>
      )}
    </li>
  )
}
