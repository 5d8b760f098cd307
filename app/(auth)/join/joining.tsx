'use client'
/** Accepting an invitation: with a new account, with the one that is signed in, or after signing in. */
import { useMutation } from '@tanstack/react-query'
import { CredentialsForm } from '#components/shell/credentials-form.tsx'
import { FrontDoor } from '#components/shell/front-door.tsx'
import { SignOutButton } from '#components/shell/sign-out.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Problem, ProblemNote } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { accept, join, signIn, useInvitation } from '#lib/client/people.ts'
import { isProblem } from '#lib/client/problem.ts'
import type { AnswerOf, Api } from '#lib/contract/api.ts'

const MAY = {
  viewer: 'read everything in it',
  editor: 'plan and run agents in it',
  admin: 'administer it',
} as const

export function Joining({ token, signedInAs }: { token: string; signedInAs: string | null }) {
  const invitation = useInvitation(token)
  if (invitation.isPending) return <JoiningSkeleton />
  if (invitation.error) return <NotOpen error={invitation.error} retry={invitation.refetch} />
  const open = { token, invitation: invitation.data }
  if (signedInAs)
    return isSame(signedInAs, invitation.data.email) ? (
      <JoinAsOneself {...open} />
    ) : (
      <SomebodyElse {...open} signedInAs={signedInAs} />
    )
  return invitation.data.known ? <SignInFirst {...open} /> : <NewAccount {...open} />
}

const isSame = (email: string, other: string) => email.toLowerCase() === other.toLowerCase()

type InvitationSeen = AnswerOf<Api['invitation']>

interface Open {
  token: string
  invitation: InvitationSeen
}

function JoiningSkeleton() {
  return (
    <FrontDoor title="Invitation">
      <Waiting className="flex flex-col gap-3">
        <Skeleton />
        <Skeleton className="w-2/3" />
      </Waiting>
    </FrontDoor>
  )
}

function NotOpen({ error, retry }: { error: unknown; retry(): void }) {
  if (isProblem(error) && error.status === 404)
    return (
      <FrontDoor
        title="This invitation is not open any more"
        description="It was used, withdrawn, or it is older than a week. Ask for a new one."
      />
    )
  return (
    <FrontDoor title="Invitation">
      <Problem error={error} retry={retry} className="p-0" />
    </FrontDoor>
  )
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
  const accepting = useMutation({
    mutationFn: () => accept(token),
    onSuccess: ({ slug }) => location.assign(`/w/${slug}`),
  })
  return (
    <FrontDoor title={titleOf(invitation)} description={welcomeOf(invitation)}>
      {accepting.error && <ProblemNote error={accepting.error} />}
      <Button
        variant="primary"
        size="lg"
        pending={accepting.isPending || accepting.isSuccess}
        onClick={() => accepting.mutate()}
      >
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
        submitLabel="Make an account and join"
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
