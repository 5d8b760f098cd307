'use client'
import { CredentialsForm } from '#components/shell/credentials-form.tsx'
import { resetPassword } from '#lib/client/accounts.ts'
import { signIn } from '#lib/client/people.ts'

export function ResetForm({ token }: { token: string }) {
  return (
    <CredentialsForm
      ask={['password']}
      newPassword
      submitLabel="Set the password"
      onSubmit={async ({ password }) => {
        const { email } = await resetPassword({ token, password })
        await signIn(email, password)
        location.assign('/')
      }}
    />
  )
}
