/** The front door leads on: to the first workspace, to sign in, or to set up. */
import { redirect } from 'next/navigation'
import { SignOutButton } from '#components/shell/sign-out.tsx'
import { FrontDoor } from '#components/shell/front-door.tsx'
import { carillon } from '#lib/http/pinned.ts'
import { reader } from './session.ts'

export default async function Home() {
  const actor = await reader()
  if (!actor) redirect((await carillon().auth.setUpNeeded()) ? '/set-up' : '/sign-in')
  const { workspaces } = await carillon().auth.me(actor)
  const [first] = workspaces
  if (first) redirect(`/w/${first.slug}`)
  return (
    <FrontDoor
      title="No workspace yet"
      description={`You are signed in as ${actor.email}, and belong to no workspace. Ask an administrator of one for an invitation.`}
    >
      <SignOutButton />
    </FrontDoor>
  )
}
