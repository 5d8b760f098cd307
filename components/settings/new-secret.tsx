'use client'
/** A secret, or a new value for one. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { usePutSecret } from '#lib/client/secrets.ts'

export default function NewSecret({
  slug,
  name: known,
  onDone,
}: {
  slug: string
  name?: string
  onDone(): void
}) {
  const putting = usePutSecret(slug)
  const [name, setName] = useState(known ?? '')
  const wrong = fieldErrors(putting.error)

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const value = String(new FormData(event.currentTarget).get('value') ?? '')
    // An address with an empty name would be that of the list.
    putting.mutate({ name: name || '-', value }, { onSuccess: onDone })
  }
  return (
    <form
      onSubmit={submit}
      onChange={() => putting.error && putting.reset()}
      className="flex flex-col gap-4"
      noValidate
    >
      {known === undefined && (
        <Field label="Name" hint="Capital letters, digits and _, such as GITHUB_TOKEN." error={wrong.name}>
          <Input
            value={name}
            onValueChange={(it) => setName(it.toUpperCase().replace(/[\s-]/g, '_'))}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      )}
      <Field label="Value" hint="Stored encrypted, and never shown again." error={wrong.value}>
        <Input name="value" type="password" autoComplete="new-password" />
      </Field>
      {putting.error && Object.keys(wrong).length === 0 && <ProblemNote error={putting.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={putting.isPending}>
          {known === undefined ? 'Add it' : 'Replace it'}
        </Button>
      </DialogFooter>
    </form>
  )
}
