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

const MAY = {
  viewer: 'read everything in it',
  editor: 'plan and run agents in it',
  admin: 'administer it',
} as const

export function Joining({ token, signedInAs }: { token: string; signedInAs: string | null }) {
  const invitation = useInvitation(token)
  const accepting = useMutation({
    mutationFn: () => accept(token),
    onSuccess: ({ slug }) => location.assign(`/w/${slug}`),
  })
  if (invitation.isPending) {
    return (
      <FrontDoor title="Invitation">
        <Waiting className="flex flex-col gap-3">
          <Skeleton />
          <Skeleton className="w-2/3" />
        </Waiting>
      </FrontDoor>
    )
  }
  if (invitation.error) {
    const gone = isProblem(invitation.error) && invitation.error.status === 404
    if (gone)
      return (
        <FrontDoor
          title="This invitation is not open any more"
          description="It was used, withdrawn, or it is older than a week. Ask for a new one."
        />
      )
    return (
      <FrontDoor title="Invitation">
        <Problem error={invitation.error} retry={invitation.refetch} className="p-0" />
      </FrontDoor>
    )
  }
  const { workspaceName, email, role, known } = invitation.data
  const description = (
    <>
      You are invited as <strong className="font-medium text-ink">{email}</strong>, and may {MAY[role]}.
    </>
  )
  const title = <>Join {workspaceName}</>

  if (signedInAs && signedInAs.toLowerCase() !== email.toLowerCase()) {
    return (
      <FrontDoor
        title={title}
        description={
          <>
            This invitation is for {email}, and you are signed in as {signedInAs}. Sign out, then open the
            link again.
          </>
        }
      >
        <SignOutButton />
      </FrontDoor>
    )
  }
  if (signedInAs) {
    return (
      <FrontDoor title={title} description={description}>
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
  if (known) {
    return (
      <FrontDoor title={title} description={<>{description} There is an account for this address already.</>}>
        <ButtonLink
          variant="primary"
          size="lg"
          href={`/sign-in?next=${encodeURIComponent(`/join?token=${token}`)}`}
        >
          Sign in to join
        </ButtonLink>
      </FrontDoor>
    )
  }
  return (
    <FrontDoor title={title} description={description}>
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
