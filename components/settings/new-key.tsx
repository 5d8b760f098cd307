'use client'
/** What a new key is for; then the key, once. */
import { type FormEvent, useState } from 'react'
import { ROLES } from '#components/people/roles.ts'
import { Button } from '#components/ui/button.tsx'
import { Choice } from '#components/ui/choice.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Select } from '#components/ui/select.tsx'
import { ShownOnce } from '#components/ui/shown-once.tsx'
import { useCreateKey } from '#lib/client/people.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import type { Role } from '#lib/contract/fields.ts'

const DAY_MS = 86_400_000
const TERMS = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: 'never', label: 'Until it is revoked' },
] as const
type Term = (typeof TERMS)[number]['value']

export default function NewKey({ slug }: { slug: string }) {
  const creating = useCreateKey(slug)
  const [role, setRole] = useState<Role>('editor')
  const [term, setTerm] = useState<Term>('90')
  const [mayApprove, setMayApprove] = useState(false)
  const wrong = fieldErrors(creating.error)

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name') ?? '')
    creating.mutate({
      name,
      workspace: slug,
      role,
      mayApprove: mayApprove && role !== 'viewer',
      ...(term !== 'never' && { expiresAt: new Date(Date.now() + Number(term) * DAY_MS).toISOString() }),
    })
  }

  if (creating.data)
    return (
      <ShownOnce text={creating.data.key} label="API key">
        Copy the key now: it is not shown again.
      </ShownOnce>
    )
  return (
    <form
      onSubmit={submit}
      onChange={() => creating.error && creating.reset()}
      className="flex flex-col gap-4"
      noValidate
    >
      <Field label="Name" hint="What uses it." error={wrong.name}>
        <Input name="name" placeholder="e.g. Nightly report script" autoComplete="off" />
      </Field>
      <Field label="Role" error={wrong.role}>
        <Select value={role} onValueChange={setRole} options={ROLES} />
      </Field>
      {role !== 'viewer' && (
        <Choice checked={mayApprove} onChange={setMayApprove}>
          It can decide approvals
        </Choice>
      )}
      <Field label="Valid for" error={wrong.expiresAt}>
        <Select value={term} onValueChange={setTerm} options={TERMS} />
      </Field>
      {creating.error && Object.keys(wrong).length === 0 && <ProblemNote error={creating.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={creating.isPending}>
          Create key
        </Button>
      </DialogFooter>
    </form>
  )
}
