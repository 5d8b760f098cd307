'use client'
/** The notes that the agent of a schedule keeps: read, mended, taken away. Nothing where there are none. */
import { type FormEvent, useState } from 'react'
import { Link } from '#components/ui/link.tsx'
import { Button } from '#components/ui/button.tsx'
import { Section } from '#components/ui/card.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { Field } from '#components/ui/field.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useChangeNotes, useNotes } from '#lib/client/notes.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import type { Notes } from '#lib/contract/notes.ts'

export function ScheduleNotes({ slug, id }: { slug: string; id: number }) {
  const { data: notes } = useNotes(slug, id)
  if (!notes) return null
  return (
    <Section id="notes" title="Notes of its agent">
      <Form key={notes.version} slug={slug} id={id} notes={notes} />
    </Section>
  )
}

function Form({ slug, id, notes }: { slug: string; id: number; notes: Notes }) {
  const changing = useChangeNotes(slug, id)
  const [content, setContent] = useState(notes.content)
  function submit(event: FormEvent) {
    event.preventDefault()
    changing.mutate(content, { onSuccess: () => toast.success('Saved: the next run begins with them') })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <p className="text-sm text-soft">
        Written <RelativeTime at={notes.updatedAt} />
        {notes.executionId !== null && (
          <>
            {' by '}
            <Link
              className="font-medium text-accent-text underline underline-offset-4"
              href={`/w/${slug}/executions/${notes.executionId}`}
            >
              run #{notes.executionId}
            </Link>
          </>
        )}
        ; the next run begins with them.
      </p>
      <Field label="Notes" hideLabel error={fieldErrors(changing.error).content ?? changing.error?.message}>
        <Textarea
          className="min-h-24 font-mono"
          value={content}
          onChange={(event) => setContent(event.currentTarget.value)}
        />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" pending={changing.isPending}>
          Save
        </Button>
        <Confirm
          danger
          trigger={
            <Button variant="quietDanger" disabled={changing.isPending}>
              Take them away
            </Button>
          }
          title="Begin without notes?"
          confirmLabel="Take them away"
          onConfirm={async () => {
            await changing.mutateAsync('')
            toast.success('The next run begins without notes')
          }}
        >
          What the agent wrote is gone then.
        </Confirm>
      </div>
    </form>
  )
}
