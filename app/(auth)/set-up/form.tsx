'use client'
import { CredentialsForm } from '#components/shell/credentials-form.tsx'
import { setUp, signIn } from '#lib/client/session.ts'

export function SetUpForm({ token }: { token: string }) {
  return (
    <CredentialsForm
      ask={['name', 'email', 'password']}
      newPassword
      submitLabel="Create account"
      onSubmit={async ({ name, email, password }) => {
        await setUp({ token, name, email, password })
        await signIn(email, password)
        location.assign('/')
      }}
    />
  )
}
