'use client'
/** Accepting an invitation: with a new account, with the one that is signed in, or after signing in. */
import { useState } from 'react'
import { CredentialsForm } from '#components/shell/credentials-form.tsx'
import { FrontDoor } from '#components/shell/front-door.tsx'
import { SignOutButton } from '#components/shell/sign-out.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { accept, join, signIn } from '#lib/client/session.ts'
import type { AnswerOf, Api } from '#lib/contract/api.ts'

const MAY = {
  viewer: 'read everything in it',
  editor: 'plan and run agents in it',
  admin: 'administer it',
} as const

export function Joining({ signedInAs, ...open }: Open & { signedInAs: string | null }) {
  const { email, known } = open.invitation
  if (signedInAs)
    return isSame(signedInAs, email) ? (
      <JoinAsOneself {...open} />
    ) : (
      <SomebodyElse {...open} signedInAs={signedInAs} />
    )
  return known ? <SignInFirst {...open} /> : <NewAccount {...open} />
}

const isSame = (email: string, other: string) => email.toLowerCase() === other.toLowerCase()

type InvitationSeen = AnswerOf<Api['invitation']>

interface Open {
  token: string
  invitation: InvitationSeen
}

const titleOf = ({ workspaceName }: InvitationSeen) => <>Join {workspaceName}</>
const welcomeOf = ({ email, role }: InvitationSeen) => (
  <>
    You are invited as <strong className="font-medium text-ink">{email}</strong>, and may {MAY[role]}.
  </>
)

function SomebodyElse({ invitation, signedInAs }: Open & { signedInAs: string }) {
  return (
    <FrontDoor
      title={titleOf(invitation)}
      description={
        <>
          This invitation is for {invitation.email}, and you are signed in as {signedInAs}. Sign out, then
          open the link again.
        </>
      }
    >
      <SignOutButton />
    </FrontDoor>
  )
}

function JoinAsOneself({ token, invitation }: Open) {
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  async function enter() {
    setPending(true)
    setError(null)
    try {
      location.assign(`/w/${(await accept(token)).slug}`)
    } catch (problem) {
      setError(problem)
      setPending(false)
    }
  }
  return (
    <FrontDoor title={titleOf(invitation)} description={welcomeOf(invitation)}>
      {error !== null && <ProblemNote error={error} />}
      <Button variant="primary" size="lg" pending={pending} onClick={enter}>
        Join the workspace
      </Button>
    </FrontDoor>
  )
}

function SignInFirst({ token, invitation }: Open) {
  const next = encodeURIComponent(`/join?token=${token}`)
  return (
    <FrontDoor
      title={titleOf(invitation)}
      description={<>{welcomeOf(invitation)} There is an account for this address already.</>}
    >
      <ButtonLink variant="primary" size="lg" href={`/sign-in?next=${next}`}>
        Sign in to join
      </ButtonLink>
    </FrontDoor>
  )
}

function NewAccount({ token, invitation }: Open) {
  const { email } = invitation
  return (
    <FrontDoor title={titleOf(invitation)} description={welcomeOf(invitation)}>
      <CredentialsForm
        ask={['name', 'password']}
        newPassword
        submitLabel="Create an account and join"
        onSubmit={async ({ name, password }) => {
          const { slug } = await join({ token, name, password })
          await signIn(email, password)
          location.assign(`/w/${slug}`)
        }}
      >
        {/* For password managers: which account this is. */}
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      </CredentialsForm>
    </FrontDoor>
  )
}
