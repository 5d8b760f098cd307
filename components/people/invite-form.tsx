'use client'
/** Whom to invite, and as what; then the link, once. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Select } from '#components/ui/select.tsx'
import { ShownOnce } from '#components/ui/shown-once.tsx'
import { useInvite } from '#lib/client/people.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import type { Role } from '#lib/contract/fields.ts'
import { ROLES } from './roles.ts'

export default function InviteForm({ slug }: { slug: string }) {
  const inviting = useInvite(slug)
  const [role, setRole] = useState<Role>('editor')
  const wrong = fieldErrors(inviting.error)

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    inviting.mutate({ email: String(new FormData(event.currentTarget).get('email') ?? ''), role })
  }

  if (inviting.data) {
    const { invitation, link } = inviting.data
    return (
      <ShownOnce text={link} label="Invitation link">
        Send this link to <strong className="font-semibold wrap-anywhere">{invitation.email}</strong>. It is
        shown once.
      </ShownOnce>
    )
  }
  return (
    <form
      onSubmit={submit}
      onChange={() => inviting.error && inviting.reset()}
      className="flex flex-col gap-4"
      noValidate
    >
      <Field label="E-mail" error={wrong.email}>
        <Input name="email" type="email" autoComplete="off" placeholder="name@example.com" />
      </Field>
      <Field label="Role" error={wrong.role}>
        <Select value={role} onValueChange={setRole} options={ROLES} />
      </Field>
      {inviting.error && !wrong.email && !wrong.role && <ProblemNote error={inviting.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={inviting.isPending}>
          Create link
        </Button>
      </DialogFooter>
    </form>
  )
}
