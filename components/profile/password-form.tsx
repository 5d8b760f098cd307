'use client'
/** Another password, for whoever knows the present one. */
import { type FormEvent, useRef } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardFooter, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { toast } from '#components/ui/toast.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { useChangePassword } from '#lib/client/profile.ts'

export function PasswordForm() {
  const changing = useChangePassword()
  const form = useRef<HTMLFormElement>(null)
  const wrong = fieldErrors(changing.error)
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const text = (name: string) => String(given.get(name) ?? '')
    changing.mutate(
      { currentPassword: text('currentPassword'), newPassword: text('newPassword') },
      {
        onSuccess() {
          form.current?.reset()
          toast.success('Password changed', {
            description: 'You are signed out everywhere else.',
          })
        },
      },
    )
  }
  return (
    <Card aria-labelledby="password">
      <CardHeader>
        <div className="min-w-0">
          <CardTitle id="password">Password</CardTitle>
          <p className="text-sm text-faint">Changing it signs you out everywhere else.</p>
        </div>
      </CardHeader>
      <form
        ref={form}
        method="post"
        onSubmit={submit}
        onChange={() => changing.error && changing.reset()}
        noValidate
      >
        <CardBody className="grid gap-5 sm:grid-cols-2">
          <Field label="Current password" error={wrong.currentPassword}>
            <Input name="currentPassword" type="password" autoComplete="current-password" required />
          </Field>
          <Field
            label="New password"
            hint="At least 8 characters. A sentence is better than a word."
            error={wrong.newPassword}
          >
            <Input name="newPassword" type="password" autoComplete="new-password" required />
          </Field>
          {changing.error && Object.keys(wrong).length === 0 && (
            <ProblemNote error={changing.error} className="sm:col-span-2" />
          )}
        </CardBody>
        <CardFooter>
          <Button type="submit" variant="primary" pending={changing.isPending}>
            Change the password
          </Button>
        </CardFooter>
      </form>
    </Card>
  )
}
