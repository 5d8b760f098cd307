'use client'
/** A document that is written here: a name and a text. What was typed is the caller's: it outlives a closed form. */
import type { FormEvent } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { useWriteDocument } from '#lib/client/documents.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import type { Document } from '#lib/contract/document.ts'

export interface Draft {
  name: string
  text: string
}

export default function WriteForm({
  slug,
  id = null,
  draft: { name, text },
  onDraft,
  onDone,
}: {
  slug: string
  /** Of the document whose text it is. */
  id?: number | null
  draft: Draft
  onDraft(draft: Draft): void
  onDone(document: Document): void
}) {
  const writing = useWriteDocument(slug, id)
  const wrong = fieldErrors(writing.error)

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    writing.mutate({ name, text }, { onSuccess: onDone })
  }
  return (
    <form
      onSubmit={submit}
      onChange={() => writing.error && writing.reset()}
      className="flex flex-col gap-4"
      noValidate
    >
      <Field label="Name" error={wrong.name}>
        <Input value={name} onValueChange={(it) => onDraft({ name: it, text })} autoComplete="off" />
      </Field>
      <Field label="Text" hint="Plain text or Markdown." error={wrong.text}>
        <Textarea
          className="min-h-60"
          value={text}
          onChange={(event) => onDraft({ name, text: event.target.value })}
        />
      </Field>
      {writing.error && Object.keys(wrong).length === 0 && <ProblemNote error={writing.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={writing.isPending}>
          {id === null ? 'Add it' : 'Save it'}
        </Button>
      </DialogFooter>
    </form>
  )
}
