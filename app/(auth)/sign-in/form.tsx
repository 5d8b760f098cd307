'use client'
import { CredentialsForm } from '#components/shell/credentials-form.tsx'
import { ownPath } from '#lib/client/own-path.ts'
import { signIn } from '#lib/client/session.ts'

export function SignInForm({ next }: { next: string }) {
  return (
    <CredentialsForm
      ask={['email', 'password']}
      submitLabel="Sign in"
      onSubmit={async ({ email, password }) => {
        await signIn(email, password)
        // A new document, so that nothing of an earlier person is left in this one.
        location.assign(ownPath(next))
      }}
    />
  )
}
