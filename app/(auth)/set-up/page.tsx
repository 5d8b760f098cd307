/** The first start: whoever has the link from the server's log becomes its administrator. */
import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { FrontDoor } from '#components/shell/front-door.tsx'
import { carillon } from '#lib/http/pinned.ts'
import { SetUpForm } from './form.tsx'

// The address carries the token.
export const metadata: Metadata = { title: 'Set up', referrer: 'no-referrer' }

export default async function SetUp({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>
}) {
  await headers()
  if (!(await carillon().auth.setUpNeeded())) redirect('/')
  const { token } = await searchParams
  if (typeof token !== 'string' || token === '') {
    return (
      <FrontDoor
        title="One step is left"
        description={
          <>
            This installation has no administrator yet. Open the set-up link that the server printed when it
            started; it looks like{' '}
            <code className="rounded-sm bg-sunken px-1 font-mono text-sm">/set-up?token=…</code> and works
            once.
          </>
        }
      >
        <p className="text-sm text-faint">
          Not there? Start the server again and it prints a new one, or start it with{' '}
          <code className="font-mono">ADMIN_EMAIL</code> and <code className="font-mono">ADMIN_PASSWORD</code>
          .
        </p>
      </FrontDoor>
    )
  }
  return (
    <FrontDoor
      title="Welcome to Carillon"
      description="Create the first account. It administers the whole installation."
    >
      <SetUpForm token={token} />
    </FrontDoor>
  )
}
