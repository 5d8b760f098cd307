/** Sign in, then go on to where you wanted to go. */
import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { FrontDoor } from '#components/shell/front-door.tsx'
import { ownPath } from '#lib/client/own-path.ts'
import { carillon } from '#lib/http/pinned.ts'
import { reader } from '../../session.ts'
import { SignInForm } from './form.tsx'

export const metadata: Metadata = { title: 'Sign in' }

export default async function SignIn({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>
}) {
  const next = ownPath((await searchParams).next)
  if (await reader()) redirect(next)
  if (await carillon().auth.setUpNeeded()) redirect('/set-up')
  return (
    <FrontDoor title="Sign in" description="Your agents kept time while you were away.">
      <SignInForm next={next} />
      <p className="text-sm text-faint">
        Forgot the password? An administrator can make a link for a new one.
      </p>
    </FrontDoor>
  )
}
