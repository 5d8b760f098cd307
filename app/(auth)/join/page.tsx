/** Where an invitation's link leads. */
import type { Metadata } from 'next'
import { FrontDoor } from '#components/shell/front-door.tsx'
import { problemOf } from '#lib/contract/problem.ts'
import { carillon } from '#lib/http/pinned.ts'
import { reader } from '../../session.ts'
import { Joining } from './joining.tsx'

// The address carries the token.
export const metadata: Metadata = { title: 'Invitation', referrer: 'no-referrer' }

export default async function Join({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>
}) {
  const actor = await reader()
  const { token } = await searchParams
  if (typeof token !== 'string' || token === '') {
    return (
      <FrontDoor
        title="This link is not whole"
        description="An invitation's link ends in a long token. Copy it again, or ask for a new one."
      />
    )
  }
  const invitation = await carillon()
    .auth.invitations.about(token)
    .catch((error) => {
      if (problemOf(error)?.status === 404) return null
      throw error
    })
  return invitation ? (
    <Joining token={token} invitation={invitation} signedInAs={actor?.email ?? null} />
  ) : (
    <FrontDoor
      title="This invitation is not open any more"
      description="It was used, withdrawn, or it is older than a week. Ask for a new one."
    />
  )
}
