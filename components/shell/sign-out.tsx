'use client'
/** Leaving: the session ends on the server, and nothing of it stays on the page. */
import { LogOut } from 'lucide-react'
import { Button } from '#components/ui/button.tsx'
import { toast } from '#components/ui/toast.tsx'
import { closeLive } from '#lib/client/live.tsx'
import { signOut } from '#lib/client/session.ts'
import { forgetAllUnsent } from '#lib/client/unsent.ts'
import { forgetSeen } from '#lib/client/worker.ts'
import { isProblem } from '#lib/client/problem.ts'

/** Once the session is over. */
export async function leaveNothing() {
  closeLive()
  forgetSeen()
  forgetAllUnsent()
  // What is told to them must not show up for whoever sits here next.
  await import('#lib/client/push.ts').then(({ stopHere }) => stopHere()).catch(() => {})
  // A new document: the cache of this one holds what the next person must not see.
  location.assign('/sign-in')
}

export async function leave() {
  try {
    await signOut()
    await leaveNothing()
  } catch (error) {
    toast.error('You are still signed in', { description: isProblem(error) ? error.detail : String(error) })
  }
}

export const SignOutButton = () => (
  <Button onClick={leave}>
    <LogOut aria-hidden />
    Sign out
  </Button>
)
