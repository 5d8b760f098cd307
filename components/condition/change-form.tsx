'use client'
/** Changes what a trigger watches; what is kept of the rest stays. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { useChangeSchedule } from '#lib/client/schedules.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { conditionDraftOf } from './opening.ts'
import { conditionOf } from './reading.ts'
import { ConditionFields } from './fields.tsx'

interface Props {
  slug: string
  schedule: Trigger & { condition: NonNullable<Trigger['condition']> }
  onDone(): void
}

export default function ChangeForm({ slug, schedule, onDone }: Props) {
  const change = useChangeSchedule(slug, schedule.id)
  const [draft, setDraft] = useState(() => conditionDraftOf(schedule.condition))
  const [typed, setTyped] = useState<Record<string, string>>({})
  const errors = { ...below('condition', fieldErrors(change.error)), ...typed }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const meant = conditionOf(draft)
    setTyped(meant.errors)
    if (Object.keys(meant.errors).length > 0) return
    change.mutate({ condition: meant.condition, revision: schedule.revision }, { onSuccess: onDone })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <ConditionFields
        slug={slug}
        triggerId={schedule.id}
        draft={draft}
        errors={errors}
        change={(part) => setDraft((it) => ({ ...it, ...part }))}
      />
      <p className="text-sm text-faint">
        Another source, or another line, begins anew: nothing is known of it until it is checked.
      </p>
      {change.error && Object.keys(errors).length === 0 && <ProblemNote error={change.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={change.isPending}>
          Save
        </Button>
      </DialogFooter>
    </form>
  )
}

/** The refusal of `condition.source.url` stands at `source.url`. */
const below = (name: string, errors: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(errors).flatMap(([path, words]) =>
      path.startsWith(`${name}.`) ? [[path.slice(name.length + 1), words]] : [],
    ),
  )
