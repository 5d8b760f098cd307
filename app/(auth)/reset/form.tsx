'use client'
import { CredentialsForm } from '#components/shell/credentials-form.tsx'
import { resetPassword, signIn } from '#lib/client/session.ts'

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
