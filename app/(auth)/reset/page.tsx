/** Where an administrator's link for a new password leads. */
import type { Metadata } from 'next'
import { FrontDoor } from '#components/shell/front-door.tsx'
import { ResetForm } from './form.tsx'

// The address carries the token.
export const metadata: Metadata = { title: 'New password', referrer: 'no-referrer' }

export default async function Reset({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>
}) {
  const { token } = await searchParams
  return typeof token === 'string' && token !== '' ? (
    <FrontDoor title="Choose a new password" description="You are signed out everywhere else.">
      <ResetForm token={token} />
    </FrontDoor>
  ) : (
    <FrontDoor
      title="This link is not whole"
      description="It ends in a long token. Copy it again, or ask an administrator for a new one."
    />
  )
}
