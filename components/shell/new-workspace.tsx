'use client'
/** The one question that a new workspace asks. */
import { useRouter } from 'next/navigation'
import type { FormEvent } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { useCreateWorkspace } from '#lib/client/workspaces.ts'

export default function NewWorkspace() {
  const router = useRouter()
  const creating = useCreateWorkspace()
  const wrong = fieldErrors(creating.error)
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name') ?? '')
    creating.mutate({ name }, { onSuccess: ({ workspace }) => router.push(`/w/${workspace.slug}`) })
  }
  return (
    <form
      onSubmit={submit}
      onChange={() => creating.error && creating.reset()}
      className="flex flex-col gap-5"
      noValidate
    >
      <Field label="Name" error={wrong.name}>
        <Input name="name" placeholder="e.g. Operations" autoComplete="off" />
      </Field>
      {creating.error && !wrong.name && <ProblemNote error={creating.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={creating.isPending}>
          Create workspace
        </Button>
      </DialogFooter>
    </form>
  )
}
